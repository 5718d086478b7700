"""What the service hears, and what is heard of it: formats, pace and silence."""

from __future__ import annotations

import asyncio
import itertools
import statistics

import pytest

from scenario.voice import AudioChunk
from scenario.voice._audio.converter import Decoder
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.adapters._elevenlabs.formats import NAMES
from scenario.voice.testing.assertions import assert_tone
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener, speak
from tests.transports.elevenlabs.talking import talking
from tests.transports.peers.elevenlabs import LoopbackElevenLabs
from tests.transports.peers.official_elevenlabs import official_conversation


async def exchange_tones(input_format: str, output_format: str) -> None:
    async with talking(input_format=input_format, output_format=output_format) as (adapter, session, _):
        assert adapter.capabilities.input_formats == [str(NAMES[input_format])]
        assert adapter.capabilities.output_formats == [str(NAMES[output_format])]
        async with Listener(adapter) as listener:
            await adapter.send_audio(AudioChunk(tone(440, 0.5)))
            await session.say(tone(660, 0.5), 1, last=True)
            await asyncio.sleep(0.2)
        decoder = Decoder(NAMES[input_format])
        heard = b"".join(decoder.push(chunk) for chunk in session.chunks) + decoder.flush()
    sizes = {len(chunk) for chunk in session.chunks}
    assert sizes == {NAMES[input_format].rate // 10 * NAMES[input_format].bytes_per_sample}
    (speech,) = intervals(heard)
    assert speech[1] - speech[0] == pytest.approx(0.5, abs=0.06)
    assert_tone(heard[int(speech[0] * 48_000) // 2 * 2 :][: 48_000 // 2 - 4800], 440)
    assert len(listener.audio) == pytest.approx(24_000, abs=1000)
    assert_tone(bytes(listener.audio[2000:-2000]), 660)


def intervals(pcm: bytes) -> list[tuple[float, float]]:
    detector = SpeechDetector()
    detector.push(pcm)
    return [(start / 24_000, end / 24_000) for start, end in detector.intervals()]


@pytest.mark.parametrize("input_format", NAMES)
async def test_every_pair_of_formats_is_converted(input_format):
    async with asyncio.TaskGroup() as group:
        for output_format in NAMES:
            group.create_task(exchange_tones(input_format, output_format))


async def test_audio_flows_in_real_time_for_the_whole_session_whoever_speaks():
    async with talking() as (adapter, session, _):
        await asyncio.sleep(0.5)
        await adapter.send_audio(OfflineTTS().speak("hello there", "user"))
        await asyncio.sleep(0.7)
        chunks, times = list(session.chunks), list(session.times)
    seconds = times[-1] - times[0]
    assert len(chunks) - 1 == pytest.approx(seconds / 0.1, abs=2)
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert statistics.median(gaps) == pytest.approx(0.1, abs=0.03)
    assert {len(chunk) for chunk in chunks} == {3200}
    assert not any(chunks[0])
    assert not any(chunks[-1])
    decoder = Decoder("pcm16/16000")
    assert OfflineSTT().hear(b"".join(map(decoder.push, chunks))) == "hello there"


async def test_silence_in_mu_law_is_no_row_of_zeros():
    async with talking(input_format="ulaw_8000") as (_, session, _):
        await asyncio.sleep(0.4)
    assert set(b"".join(session.chunks)) == {0xFF}


async def strict_agent(session) -> None:
    """Answer when 400 ms of silence have been received after speech; take nothing faster than real time."""
    loop = asyncio.get_running_loop()
    detector, received, began = SpeechDetector(), 0, loop.time()
    async for pcm in session.heard():
        if not received:
            began = loop.time()
        received += len(pcm)
        if received / 48_000 > loop.time() - began + 0.35:
            return  # a burst: no microphone does that
        detector.push(pcm)
        speech = detector.intervals()
        if speech and received // 2 - speech[-1][1] > 0.4 * 24_000:
            detector.reset()
            received, began = 0, loop.time()
            await session.respond("well heard")
            await session.say(OfflineTTS().speak("well heard", "agent").data, 1)
            await session.complete()


async def test_a_service_that_waits_for_silence_and_takes_no_bursts_answers_every_turn():
    async with talking(strict_agent) as (adapter, _, _):
        for turn in ("one", "two"):
            async with Listener(adapter) as listener:
                await speak(adapter, f"this is turn {turn}")
                await listener.until_text("well heard")
                assert listener.turn_ends == 1


async def test_that_service_gives_no_answer_to_a_burst():
    """The proof that it is strict: the official SDK says a sentence and a constant silence at once."""
    service = LoopbackElevenLabs(strict_agent, output_format="pcm_24000")
    async with (
        service.serving(),
        official_conversation(service.url, config={}, tools={}) as (_, audio),
    ):
        await service.session()
        while audio.speak is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.to_thread(audio.speak, OfflineTTS().speak("hello there", "user").data + bytes(16_000))
        await asyncio.sleep(1)
        assert audio.played == b""


async def test_pings_in_a_long_silence_are_answered_in_their_time_though_nobody_receives():
    async with talking() as (_, session, _):
        loop = asyncio.get_running_loop()
        for event_id, ping_ms, at_least in ((1, None, 0.0), (2, 300, 0.28), (3, 0, 0.0)):
            began = loop.time()
            await session.ping(event_id, ping_ms)
            assert await session.until("pong", event_id) == {"type": "pong", "event_id": event_id}
            assert at_least <= loop.time() - began < 1.3
        await session.send("ping", event_id=9)
        assert (await session.until("pong", 4))["event_id"] == 9


async def test_frames_that_end_within_samples_do_no_harm():
    async with talking() as (adapter, session, _), Listener(adapter) as listener:
        data = tone(440, 0.3)
        for start, end in ((0, 101), (101, 102), (102, 5001), (5001, len(data))):
            await session.audio(data[start:end], 1)
        async with asyncio.timeout(5):
            while len(listener.audio) < len(data):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert bytes(listener.audio) == data
