"""Frames at real-time pace."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice._clock import RealClock, VirtualClock
from scenario.voice.adapters._connection.pacer import Pacer


class Wire:
    """Keeps what was sent, and when."""

    def __init__(self, clock, *, slow: float = 0.0) -> None:
        self.clock, self.slow = clock, slow
        self.frames: list[tuple[float, bytes]] = []

    async def send(self, frame: bytes) -> None:
        self.frames.append((self.clock.now(), frame))
        if self.slow:
            await self.clock.sleep(self.slow)

    @property
    def times(self) -> list[float]:
        return [moment for moment, _ in self.frames]


def pacer(wire: Wire, *, silence: bytes | None = b"\0" * 4, continuous: bool = False) -> Pacer:
    made = Pacer(
        wire.clock, wire.send, frame_seconds=0.02, frame_bytes=4, silence=silence, continuous=continuous
    )
    made.start()
    return made


async def test_a_minute_does_not_drift_although_sending_takes_time():
    wire = Wire(VirtualClock(), slow=0.007)
    sender = pacer(wire)
    await sender.play(b"abcd" * 3000)
    await sender.stop()
    spread = [moment - wire.times[0] - 0.02 * number for number, moment in enumerate(wire.times)]
    assert len(spread) == 3000
    assert max(map(abs, spread)) < 0.02


async def test_play_returns_when_its_last_frame_was_sent_and_the_next_one_follows_without_a_gap():
    wire = Wire(VirtualClock())
    sender = pacer(wire)
    await sender.play(b"a" * 40)
    assert len(wire.frames) == 10
    await sender.play(b"b" * 8)
    await sender.stop()
    gaps = [later - earlier for earlier, later in zip(wire.times, wire.times[1:], strict=False)]
    assert gaps == pytest.approx([0.02] * 11, abs=0.005)


async def test_the_last_frame_is_filled_with_silence_or_sent_short():
    for silence, last in ((b"\xff" * 4, b"ef\xff\xff"), (None, b"ef")):
        wire = Wire(VirtualClock())
        sender = pacer(wire, silence=silence)
        await sender.play(b"abcdef")
        await sender.stop()
        assert [frame for _, frame in wire.frames] == [b"abcd", last]


async def test_a_continuous_pacer_sends_silence_when_there_is_nothing_to_play():
    wire = Wire(VirtualClock())
    sender = pacer(wire, continuous=True)
    await wire.clock.sleep(1.01)
    await sender.play(b"abcd")
    await wire.clock.sleep(0.1)
    await sender.stop()
    frames = [frame for _, frame in wire.frames]
    assert frames.index(b"abcd") == pytest.approx(51, abs=1)
    assert set(frames) == {b"abcd", bytes(4)}
    assert len(frames) >= 56


async def test_after_a_stall_it_catches_up_without_a_long_burst():
    wire = Wire(RealClock())
    sender = pacer(wire)
    playing = asyncio.create_task(sender.play(b"abcd" * 100))
    await asyncio.sleep(0.2)
    time.sleep(1.0)  # noqa: ASYNC251  # the loop itself stands still, as in a busy process
    await playing
    await sender.stop()
    bursts = [1]
    for earlier, later in zip(wire.times, wire.times[1:], strict=False):
        if later - earlier < 0.008:
            bursts[-1] += 1
        else:
            bursts.append(1)
    assert max(bursts) <= 6
    assert wire.times[-1] - wire.times[0] == pytest.approx(99 * 0.02, abs=0.15)


async def test_a_cancelled_play_sends_no_more():
    wire = Wire(VirtualClock())
    sender = pacer(wire)
    with pytest.raises(TimeoutError):
        async with wire.clock.timeout(0.5):
            await sender.play(b"abcd" * 1000)
    assert not sender.playing
    sent = len(wire.frames)
    assert sent <= 27
    await wire.clock.sleep(1)
    assert len(wire.frames) <= sent + 1
    await sender.play(b"last")
    await sender.stop()
    assert wire.frames[-1][1] == b"last"


async def test_what_sending_raises_is_raised_by_this_play_and_every_later_one():
    async def broken(frame: bytes) -> None:
        raise ConnectionError("gone")

    sender = Pacer(VirtualClock(), broken, frame_seconds=0.02, frame_bytes=4)
    sender.start()
    for _ in range(2):
        with pytest.raises(ConnectionError, match="gone"):
            await sender.play(b"abcd")
    await sender.stop()


async def test_stopping_tells_the_one_who_plays_and_leaves_no_task():
    before = asyncio.all_tasks()
    wire = Wire(RealClock())
    sender = pacer(wire, continuous=True)
    playing = asyncio.create_task(sender.play(b"abcd" * 1000))
    await asyncio.sleep(0.05)
    await sender.stop()
    with pytest.raises(RuntimeError, match="closed while audio was being sent"):
        await playing
    assert asyncio.all_tasks() == before
