"""What is said arrives as it was said: level, length, time, whatever the codec and the losses."""

from __future__ import annotations

import asyncio
import os
import time

import numpy as np
import pytest

from scenario.voice import AudioChunk, WebRTCAgentAdapter
from scenario.voice._audio.levels import dbfs
from scenario.voice.testing.assertions import assert_tone
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.contract.agent import tone

SOAK = os.environ.get("SCENARIO_SOAK") == "1"
TONE_SECONDS = 60.0 if SOAK else 5.0


class Heard:
    """Everything that an adapter receives until the block ends, and when it came."""

    def __init__(self, adapter):
        self.adapter, self.audio, self.moments, self.lengths = adapter, bytearray(), [], []

    async def __aenter__(self):
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _listen(self):
        while True:
            chunk = await self.adapter.recv_audio(5)
            self.audio += chunk.data
            self.moments.append(time.monotonic())
            self.lengths.append(chunk.duration_seconds)

    @property
    def loud(self) -> bytes:
        """What is left without the silence around."""
        return loud_part(self.audio)


def loud_part(pcm) -> bytes:
    samples = np.frombuffer(bytes(pcm), "<i2")
    (loud,) = np.nonzero(np.abs(samples.astype(int)) > 300)
    return samples[loud[0] : loud[-1] + 1].tobytes() if len(loud) else b""


def longest_pause(pcm: bytes) -> float:
    """Return the longest stretch without sound, in seconds."""
    samples = np.frombuffer(pcm, "<i2")
    (loud,) = np.nonzero(np.abs(samples.astype(int)) > 300)
    return float(np.diff(loud).max()) / 24_000


def echo(call) -> None:
    call.listener = call.mouth.say


@pytest.mark.parametrize("form", ["offer", "whip"])
async def test_an_echo_brings_back_what_was_said(server, form):
    said = OfflineTTS().speak("is anybody there", "user")
    adapter = WebRTCAgentAdapter(f"{server.url}/{form}", signaling="json" if form == "offer" else "whip")
    async with adapter, Heard(adapter) as heard:
        echo(server.calls[0])
        await adapter.send_audio(said)
        await adapter.end_user_turn()
        await asyncio.sleep(0.4)
    assert OfflineSTT().hear(bytes(heard.audio)) == "is anybody there"
    assert dbfs(heard.loud) == pytest.approx(dbfs(loud_part(said.data)), abs=1)


async def test_a_long_tone_keeps_its_time_and_its_level(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter, Heard(adapter) as heard:
        await asyncio.sleep(0.5)
        server.calls[0].mouth.say(tone(440, TONE_SECONDS))
        await asyncio.sleep(TONE_SECONDS + 0.5)
    assert len(heard.loud) / 48_000 == pytest.approx(TONE_SECONDS, abs=0.02)
    assert_tone(heard.loud, 440)
    assert dbfs(heard.loud) == pytest.approx(-12, abs=1)
    assert longest_pause(heard.loud) < 0.06
    # The clock of the media against that of this machine; arrival is noisy, so the earliest ones count.
    media = np.cumsum(heard.lengths)
    late = np.array(heard.moments) - media
    third = len(late) // 3
    assert abs(late[-third:].min() - late[:third].min()) < 0.02


async def test_the_agent_hears_a_tone_in_its_time_at_its_level(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter:
        began = time.monotonic()
        await adapter.send_audio(AudioChunk(tone(440, 2.0)))
        assert time.monotonic() - began == pytest.approx(2.0, abs=0.3)
        await adapter.end_user_turn()
        await asyncio.sleep(0.5)
        heard = loud_part(server.calls[0].heard)
    assert len(heard) / 48_000 == pytest.approx(2.0, abs=0.02)
    assert_tone(heard, 440)
    assert dbfs(heard) == pytest.approx(-12, abs=1)
    assert longest_pause(heard) < 0.06


async def test_silence_flows_while_the_user_says_nothing(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer"):
        await server.calls[0].connected.wait()
        before = len(server.calls[0].heard)
        await asyncio.sleep(1)
        heard = server.calls[0].heard[before:]
    assert len(heard) / 48_000 == pytest.approx(1.0, abs=0.3)
    assert not any(heard)


async def test_a_telephone_codec_is_understood_in_both_directions(server):
    server.codecs = "PCMU"
    said = OfflineTTS().speak("by telephone", "user")
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter, Heard(adapter) as heard:
        echo(server.calls[0])
        await adapter.send_audio(said)
        await adapter.end_user_turn()
        await asyncio.sleep(0.4)
    assert OfflineSTT().hear(bytes(server.calls[0].heard)) == "by telephone"
    assert OfflineSTT().hear(bytes(heard.audio)) == "by telephone"
    assert dbfs(heard.loud) == pytest.approx(dbfs(loud_part(said.data)), abs=1)


async def test_lost_packets_leave_gaps_of_their_own_length_and_no_more(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter, Heard(adapter) as heard:
        await asyncio.sleep(0.5)
        server.calls[0].lose_packets(0.05)
        server.calls[0].mouth.say(tone(440, 6.0))
        await asyncio.sleep(6.5)
    assert len(heard.loud) / 48_000 == pytest.approx(6.0, abs=0.15)
    assert 0.015 < longest_pause(heard.loud) < 0.1
    samples = np.frombuffer(heard.loud, "<i2")
    silent = np.abs(samples[: len(samples) // 120 * 120].reshape(-1, 120)).max(axis=1) < 300
    assert 0.02 < silent.mean() < 0.09
    assert_tone(heard.loud, 440)


async def test_packets_out_of_order_without_content_and_of_a_new_source_do_little_harm(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter, Heard(adapter) as heard:
        await asyncio.sleep(0.3)
        server.calls[0].disturb()
        server.calls[0].mouth.say(tone(440, 2.0))
        await asyncio.sleep(2.4)
    assert len(heard.loud) / 48_000 == pytest.approx(2.0, abs=0.06)
    assert 0.015 < longest_pause(heard.loud) < 0.06  # what was overtaken is lost, and nothing else
    assert_tone(heard.loud, 440)


async def test_speech_arrives_at_once(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter, Heard(adapter) as heard:
        await asyncio.sleep(0.3)
        delays = []
        for _ in range(4):
            del heard.audio[:], heard.moments[:], heard.lengths[:]
            server.calls[0].mouth.say(tone(660, 0.2))
            began = time.monotonic()
            await asyncio.sleep(0.4)
            samples = np.frombuffer(bytes(heard.audio), "<i2").astype(int)
            first = np.nonzero(np.abs(samples) > 300)[0][0] / 24_000
            delays.append(heard.moments[int(np.searchsorted(np.cumsum(heard.lengths), first))] - began)
    assert min(delays) < 0.08
