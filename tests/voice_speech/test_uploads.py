"""Long audio is sent in parts within the limits, cut where nobody speaks (spec: voice 10)."""

from __future__ import annotations

import io
from importlib.util import find_spec

import numpy as np
import pytest
import soundfile

from scenario.voice import AudioChunk, OpenAISTTProvider
from scenario.voice._audio.wav import read_wav
from scenario.voice._speech import uploads
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.voice_speech.speech_server import Answer, serving

MINUTES_20 = 20 * 60 * 48_000
SENTENCE = OfflineTTS().speak("the sun is up and the birds sing in the trees", "ann").data + bytes(2 * 14_400)
SPEECH = (SENTENCE * (MINUTES_20 // len(SENTENCE) + 1))[:MINUTES_20]
"""Sentences with pauses of 0.6 s."""


@pytest.fixture
def no_soundfile(monkeypatch):
    monkeypatch.setattr(uploads, "find_spec", lambda name: None if name == "soundfile" else find_spec(name))


def test_wav_parts_are_within_the_limits_and_nothing_is_lost(no_soundfile):
    parts = uploads._uploads(SPEECH, uploads.MAX_SECONDS)
    assert len(parts) == 3
    assert all(len(part.data) <= 25 * 1024 * 1024 for part in parts)
    assert b"".join(read_wav(part.data) for part in parts) == SPEECH


def test_no_cut_is_in_a_voiced_frame(no_soundfile):
    detector = SpeechDetector()
    detector.push(SPEECH)
    spoken, at = detector.intervals(), 0
    for part in uploads._uploads(SPEECH, uploads.MAX_SECONDS)[:-1]:
        at += len(read_wav(part.data)) // 2
        assert not any(start < at < end for start, end in spoken)


def test_compressed_parts_may_be_longer_but_not_over_the_limit_of_time():
    [whole] = uploads._uploads(SPEECH, uploads.MAX_SECONDS)
    parts = uploads._uploads(SPEECH, 700.0)
    assert [part.name for part in (whole, *parts)] == ["audio.flac"] * 3
    assert len(whole.data) <= 25 * 1024 * 1024
    lengths = [soundfile.info(io.BytesIO(part.data)).duration for part in parts]
    assert max(lengths) <= 700
    assert sum(lengths) == pytest.approx(1200, abs=0.001)


def test_what_is_too_large_without_loss_is_sent_as_ogg(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 500_000)
    noise = np.random.default_rng(1).normal(0, 3000, 15 * 24_000).astype("<i2").tobytes()
    [part] = uploads._uploads(bytes(24_000) + noise, uploads.MAX_SECONDS)
    assert part.name == "audio.ogg"
    assert len(part.data) <= 500_000


def test_the_cut_is_in_the_quietest_20_ms_of_the_last_ten_seconds():
    noise = np.random.default_rng(1).normal(0, 1000, 40 * 24_000).astype("<i2")
    noise[5 * 24_000 : 6 * 24_000] = 0  # too early to be looked at
    noise[17 * 24_000 : 17 * 24_000 + 960] //= 50
    first, _ = uploads.cut(noise.tobytes(), 20 * 48_000)[:2]
    assert len(first) / 48_000 == pytest.approx(17.02, abs=0.02)


def test_diarization_has_a_shorter_limit():
    assert OpenAISTTProvider("gpt-4o-transcribe-diarize").max_seconds == 1400
    assert OpenAISTTProvider().max_seconds == 1500


async def test_parts_are_asked_at_most_four_at_once_joined_in_order_and_silent_ones_left_out(
    monkeypatch, no_soundfile
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    words = [OfflineTTS().speak(f"word{number}", "ann").data for number in range(9)]
    second = 48_000
    seconds = [word + bytes(second - len(word)) for word in words]
    audio = b"".join([*seconds[:4], bytes(2 * second), *seconds[4:]])

    def hear(asked):
        text = OfflineSTT().hear(read_wav(asked.form["file"][1]))
        return Answer({"text": text}, delay=0.3 if text == "word0" else 0.05)

    async with serving(hear) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        provider = OpenAISTTProvider()
        provider.max_seconds = 1.0
        heard = await provider.transcribe(AudioChunk(audio))
    assert heard == " ".join(f"word{number}" for number in range(9))
    assert len(server.asked) == 9
    assert server.most_at_once == 4


async def test_one_failing_part_fails_the_whole_with_its_own_error(monkeypatch, no_soundfile):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    async with serving(Answer({"text": "x"}), Answer(status=403)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        provider = OpenAISTTProvider()
        provider.max_seconds = 2.0
        with pytest.raises(RuntimeError, match="HTTP 403"):
            await provider.transcribe(AudioChunk(SPEECH[: 20 * 48_000]))
