"""Adapters that do what no adapter may do: each is told in bounded time, and none eats the processor."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice import AudioChunk, FirstChunkTimeoutError, VoiceTransportError, silent_chunk
from tests.voice_run.peers import Peer, Stoppable, seconds_of_speech
from tests.voice_run.plays import events, heard, play, segments, spoken

TURN = [scenario.user("hello"), scenario.agent(), scenario.succeed()]


def receives(receive: Any, **settings: Any) -> Peer:
    """Return an adapter that receives like that."""
    kind = type("Bad", (Peer,), {"recv_audio": receive})
    return kind([], **{"response_timeout": 4.0, **settings})


async def why(
    peer: Peer, script: list[Any] | None = None, within: float = 20.0, **settings: Any
) -> BaseException:
    """Return what a run with it raises."""
    with pytest.raises(BaseException) as raised:  # noqa: PT011  # whatever it is, it is looked at
        await play(peer, script=script or TURN, within=within, **settings)
    error = raised.value
    return error.__cause__ if isinstance(error, AgentCallError) and error.__cause__ else error


@pytest.mark.parametrize(
    "error", [KeyError("odd"), StopAsyncIteration(), AssertionError("no"), MemoryError()]
)
async def test_whatever_receiving_raises_is_told(error: Exception) -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        raise error

    assert await why(receives(recv_audio)) is error


async def test_what_no_program_catches_is_told_too() -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        pytest.fail("from within")  # is no Exception

    assert "from within" in str(await why(receives(recv_audio)))


async def test_half_a_sample_is_told() -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        return AudioChunk(b"\0\0\0")

    error = await why(receives(recv_audio))
    assert isinstance(error, ValueError)
    assert "odd number of bytes: 3" in str(error)


async def test_half_a_sample_that_was_put_in_later_is_told() -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        chunk = AudioChunk(b"\0\0")
        chunk.data += b"\0"
        return chunk

    assert "odd number of bytes: 3" in str(await why(receives(recv_audio)))


async def test_a_buffer_that_is_used_again_is_heard_as_it_was() -> None:
    class Reuses(Peer):
        buffer = bytearray()

        async def recv_audio(self, timeout: float) -> AudioChunk:
            chunk = await super().recv_audio(timeout)
            self.buffer[:] = chunk.data
            return AudioChunk(self.buffer)  # pyright: ignore[reportArgumentType]

    result = await play(Reuses([spoken("one two three")], turn_end="explicit"), script=TURN)
    assert heard(segments(result, "agent")[0].audio) == "one two three"


@pytest.mark.parametrize("clock", ["virtual", "real"])
@pytest.mark.parametrize("yields", [True, False])
async def test_empty_chunks_for_ever_are_told(clock: str, yields: bool) -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        if yields:
            await asyncio.sleep(0)
        return AudioChunk(b"")

    used = time.process_time()
    error = await why(receives(recv_audio), script=[scenario.sleep(4), *TURN], clock=clock)
    assert isinstance(error, VoiceTransportError)
    assert "recv_audio() returns empty chunks without waiting" in str(error)
    assert time.process_time() - used < 3


async def test_time_outs_for_ever_are_a_silent_agent() -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        raise TimeoutError

    used = time.process_time()
    assert isinstance(await why(receives(recv_audio), clock="real"), FirstChunkTimeoutError)
    assert time.process_time() - used < 3


@pytest.mark.parametrize(
    "piece", [silent_chunk(0.02), AudioChunk(seconds_of_speech(5.0))], ids=["silence", "speech"]
)
async def test_audio_for_ever_is_read_no_faster_than_it_is_heard(piece: AudioChunk) -> None:
    read = 0

    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        nonlocal read
        read += 1
        return piece

    peer = receives(recv_audio, response_max_duration=3.0, waits=False)
    if any(piece.data):
        result = await play(peer, script=TURN, within=30)
        assert len(events(result, "agent_turn_truncated")) == 1
    else:
        assert isinstance(await why(peer, within=30), FirstChunkTimeoutError)
    assert read * piece.duration_seconds < 700


async def test_ten_minutes_in_one_chunk_are_cut_off_like_any_other_turn() -> None:
    peer = Peer([seconds_of_speech(600)], burst=True, turn_end="explicit", response_max_duration=3.0)
    used = time.process_time()
    result = await play(peer, script=TURN, within=30)
    assert len(events(result, "agent_turn_truncated")) == 1
    assert segments(result, "agent")[0].duration == pytest.approx(3.0, abs=0.3)
    assert time.process_time() - used < 10


async def test_receiving_that_blocks_the_loop_is_told() -> None:
    async def recv_audio(self: Any, timeout: float) -> AudioChunk:
        time.sleep(min(timeout, 2.5))  # noqa: ASYNC251  # that is the point
        raise TimeoutError

    started = time.monotonic()
    error = await why(receives(recv_audio), within=60)
    assert isinstance(error, VoiceTransportError)
    assert "blocked the event loop for 2.5 s" in str(error)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("method", ["send_audio", "begin_user_turn", "end_user_turn", "interrupt"])
@pytest.mark.parametrize("clock", ["virtual", "real"])
async def test_sending_that_never_returns_is_told(method: str, clock: str) -> None:
    async def hangs(self: Any, *args: Any) -> Any:
        await asyncio.Event().wait()

    hangs.__name__ = method
    kind = type("Hangs", (Stoppable,), {method: hangs})
    peer = kind([seconds_of_speech(4)], turn_end="explicit", response_timeout=1.5)
    error = await why(peer, script=[TURN[0], scenario.interrupt("stop"), scenario.agent()], clock=clock)
    assert isinstance(error, VoiceTransportError)
    assert f"Hangs: {method}() did not return within" in str(error)
    assert peer.calls[-1] == "disconnect"


class Stubborn(Peer):
    """Swallows every cancellation in the method named, until the test lets it go."""

    stubborn = ""
    free = asyncio.Event()

    async def connect(self) -> None:
        await super().connect()
        await self._swallow("connect")

    async def disconnect(self) -> None:
        await self._swallow("disconnect")
        await super().disconnect()

    async def _swallow(self, name: str) -> None:
        while self.stubborn == name and not self.free.is_set():
            try:
                await self.free.wait()
            except asyncio.CancelledError:
                continue


async def test_connecting_that_ignores_its_cancellation_is_left_behind() -> None:
    peer = Stubborn([], stubborn="connect", free=asyncio.Event())
    error = await why(peer, options={"connect_timeout": 0.3})
    peer.free.set()
    assert "Stubborn: connecting took longer than 0.3 s" in str(error)


async def test_disconnecting_that_ignores_its_cancellation_is_left_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer = Stubborn([spoken("hi")], stubborn="disconnect", free=asyncio.Event())
    with caplog.at_level(logging.WARNING):
        result = await play(peer, script=TURN, options={"disconnect_timeout": 0.3})
    peer.free.set()
    await asyncio.sleep(0.05)
    assert result.success
    assert "Stubborn did not disconnect within 0.3 s" in caplog.text
