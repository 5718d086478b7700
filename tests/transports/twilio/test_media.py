"""Media: frames of 20 ms at the speed of speech, marks, keys, and time stamps that mean what they say."""

from __future__ import annotations

import asyncio
import base64
import os
import time

import numpy as np
import pytest

from scenario.voice import AudioChunk, VoiceTransportError
from scenario.voice.testing import assert_tone
from tests.transports.bare import Notices
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.peers.twilio_leg import SILENCE
from tests.transports.twilio.conftest import THEIRS, connect, eventually

SOAK = os.environ.get("SCENARIO_SOAK") == "1"
TONE_SECONDS = 60.0 if SOAK else 5.0


class Mute:
    """Sends nothing, not even silence."""

    is_speaking = True

    def hear(self, pcm) -> None: ...


@pytest.fixture
async def leg(twilio, adapter):
    await adapter.place_call(THEIRS)
    return await twilio.calls[0].until_streaming()


async def test_audio_goes_out_in_frames_of_160_bytes_and_the_last_one_is_filled_with_silence(adapter, leg):
    await adapter.send_audio(AudioChunk(tone(440, 0.95)))
    await adapter.end_user_turn()
    await eventually(lambda: leg.marks)
    media = [frame for frame in leg.frames if frame["event"] == "media"]
    payloads = [base64.b64decode(frame["media"]["payload"]) for frame in media]
    assert {len(payload) for payload in payloads} == {160}
    assert payloads[-1].endswith(b"\xff" * 8)
    assert {frame["streamSid"] for frame in leg.frames} == {leg.stream_sid}
    assert [set(frame) for frame in media] == [{"event", "streamSid", "media"}] * len(media)


async def test_pace_is_that_of_speech_and_does_not_drift(adapter, leg):
    await adapter.send_audio(AudioChunk(tone(440, TONE_SECONDS)))
    await eventually(lambda: len(leg.arrived) >= TONE_SECONDS * 50)
    arrived = np.array(leg.arrived)
    assert arrived[-1] - arrived[0] == pytest.approx(TONE_SECONDS, abs=0.1)
    late = arrived - arrived[0] - np.arange(len(arrived)) * 0.02
    # A busy machine makes single frames late; the schedule stays.
    drift = float(np.median(late[-50:]) - np.median(late[:50]))
    print(f"drift {drift * 1000:.2f} ms in {TONE_SECONDS:g} s")
    assert abs(drift) < 0.02


async def test_a_mark_follows_each_turn_and_its_return_is_on_the_timeline(adapter, leg):
    adapter._scenario_line = line = Notices()
    for _ in range(2):
        await adapter.send_audio(AudioChunk(tone(440, 0.2)))
        await adapter.end_user_turn()
    await eventually(lambda: len(line.notices) == 2)
    assert leg.marks == ["turn-1", "turn-2"]
    assert [kind for kind, _ in line.notices] == ["transport_message"] * 2


async def test_interrupting_clears_our_own_audio_and_admits_that_nobody_was_told(adapter, leg):
    assert await adapter.interrupt() is False
    await eventually(lambda: leg.frames)
    assert leg.frames == [{"event": "clear", "streamSid": leg.stream_sid}]


async def test_the_other_side_is_heard(adapter, leg):
    async with Listener(adapter) as listener:
        leg.say(tone(660, 1.0))
        await eventually(lambda: len(listener.audio) > 1.4 * 48000)
    samples = np.frombuffer(listener.audio, "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 1000)
    assert loud[-1] - loud[0] == pytest.approx(24000, abs=240)
    assert_tone(samples[loud[0] : loud[-1]].tobytes(), 660)


async def test_a_hole_in_the_time_stamps_becomes_silence(adapter, leg):
    leg.party = Mute()  # and so the line sends nothing but what the test does
    leg.outgoing.clear()
    muted = time.monotonic()
    await drained(adapter)
    frame = b"\x80" * 160
    start = leg._position // 8 + round((time.monotonic() - muted) * 1000)
    for stamp in (0, 20, 140, 160):
        await leg.media(frame, stamp=start + stamp)
    audio = await drained(adapter)
    heard = np.abs(np.frombuffer(audio, "<i2").astype(int)) > 1000
    loud = np.flatnonzero(heard)
    assert len(loud) / 24000 == pytest.approx(0.08, abs=0.005)
    assert np.diff(loud).max() / 24000 == pytest.approx(0.1, abs=0.02)


async def test_after_a_stall_the_stream_is_back_in_time_once_there_is_silence(adapter, leg):
    async with Listener(adapter) as listener:
        await asyncio.sleep(0.3)
        time.sleep(0.4)  # noqa: ASYNC251  # the whole process is stalled; the peer then sends what was due
        began, before = time.monotonic(), len(listener.audio)
        await asyncio.sleep(1.0)
        received = (len(listener.audio) - before) / 48000
        assert received <= time.monotonic() - began + 0.1


async def drained(adapter) -> bytes:
    """Return all that comes until nothing does for 100 ms."""
    audio = b""
    while True:
        try:
            audio += (await adapter.recv_audio(0.1)).data
        except TimeoutError:
            return audio


async def test_keys_are_reported_although_the_callback_raises(twilio, new_adapter, caplog):
    pressed = []

    async def on_dtmf(digit):
        pressed.append(digit)
        if digit == "1":
            raise ValueError("not this one")

    adapter = new_adapter(on_dtmf=on_dtmf)
    await connect(twilio, adapter)
    await adapter.place_call(THEIRS)
    adapter._scenario_line = line = Notices()
    for digit in "1#":
        await twilio.calls[0].legs[0].press(digit)
    await eventually(lambda: pressed == ["1", "#"])
    assert [kind for kind, _ in line.notices] == ["dtmf_received"] * 2
    assert "on_dtmf('1') raised ValueError: not this one" in caplog.text


async def test_when_the_other_side_hangs_up_the_pending_and_every_later_call_say_so(twilio, adapter, leg):
    async with Listener(adapter) as listener:
        playing = asyncio.create_task(adapter.send_audio(AudioChunk(tone(440, 5.0))))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await twilio.end(twilio.calls[0])
        error = await listener.until_error(2)
        assert time.monotonic() - began < 1
    assert isinstance(error, VoiceTransportError)
    sending = adapter.send_audio(AudioChunk(bytes(960)))
    for call in (playing, sending, adapter.recv_audio(1), adapter.interrupt()):
        with pytest.raises(VoiceTransportError, match=r"place_call\(\) or wait_for_call\(\)"):
            await call


async def test_what_nobody_knows_is_ignored_and_said_once(adapter, leg, caplog):
    caplog.set_level("DEBUG", "scenario.voice")
    for _ in range(3):
        await leg.send({"event": "weather"})
        await leg.send({"event": "media", "media": {"track": "outbound", "payload": ""}})
        await leg.send({"event": "media", "media": {"payload": "no base64!"}})
    await leg.media(SILENCE)
    await adapter.recv_audio(1)
    await asyncio.sleep(0.2)
    ignored = [record for record in caplog.records if "ignored" in record.getMessage()]
    assert len(ignored) == 3
    assert adapter.live.is_set()
