"""Tones go to real bots and come back as they were."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from scenario.voice import AudioChunk
from scenario.voice._audio.levels import dbfs
from scenario.voice.testing.assertions import assert_tone
from tests.transports.contract.agent import tone
from tests.transports.webrtc.test_media import loud_part


async def test_a_tone_comes_back_at_its_level(talk):
    talk.bot.listener = lambda pcm: talk.bot.create_task(talk.bot.say(pcm))
    await talk.adapter.send_audio(AudioChunk(tone(440, 1.0)))
    await talk.adapter.end_user_turn()
    await asyncio.sleep(0.7)
    there, back = loud_part(talk.bot.heard), talk.heard.loud
    assert_tone(there, 440)
    assert_tone(back, 440)
    # Bots send mono over WebRTC, which costs 3 dB in their encoder.
    tolerance = 4 if talk.server.kind == "webrtc" else 1
    assert dbfs(there) == pytest.approx(-12, abs=1)
    assert dbfs(back) == pytest.approx(-12, abs=tolerance)
    assert len(there) / 48_000 == pytest.approx(1.0, abs=0.05)
    assert len(back) / 48_000 == pytest.approx(1.0, abs=0.15)


async def test_silence_flows_while_the_user_says_nothing(talk):
    before = len(talk.bot.heard)
    await asyncio.sleep(1.5)
    heard = np.frombuffer(bytes(talk.bot.heard[before:]), "<i2")
    assert len(heard) / 24_000 == pytest.approx(1.5, abs=0.3)
    assert np.abs(heard.astype(int)).max() < 10


async def test_a_bot_that_stops_itself_is_not_heard_to_the_end(talk):
    await talk.bot.say(tone(440, 10.0))
    await asyncio.sleep(1)
    await talk.bot.stop_itself()
    await asyncio.sleep(0.3)
    heard = len(loud_part(talk.heard.audio))
    await asyncio.sleep(0.5)
    assert len(loud_part(talk.heard.audio)) == heard
    assert heard / 48_000 == pytest.approx(1.0, abs=0.5)
    assert talk.line.dropped >= 1
