"""The checks on audio pass what is right and say what is wrong."""

from __future__ import annotations

import pytest

from scenario.voice import AudioChunk, silent_chunk
from scenario.voice.testing.assertions import assert_audio_level, assert_silence, assert_tone
from tests.voice_audio.signals import noise, sine_pcm

TONE = sine_pcm(440)
NOISE = noise(24_000).astype("<i2").tobytes()


def test_a_right_level_passes():
    assert_audio_level(AudioChunk(TONE), -13.3, tolerance=0.1)
    assert_audio_level(TONE + silent_chunk(1).data, -13.3, end=1.0)


@pytest.mark.parametrize("dbfs", [-15, -11])
def test_a_wrong_level_fails(dbfs: float):
    with pytest.raises(AssertionError, match=r"got -13\.3 dBFS"):
        assert_audio_level(TONE, dbfs)


def test_the_level_of_silence_is_no_level():
    with pytest.raises(AssertionError, match="got -inf dBFS"):
        assert_audio_level(silent_chunk(1), -13.3)


def test_a_right_tone_passes():
    assert_tone(AudioChunk(TONE), 440)
    assert_tone(silent_chunk(1).data + TONE, 442, start=1.0)


@pytest.mark.parametrize(
    ("audio", "complaint"),
    [
        (sine_pcm(450), r"strongest is 450\.0 Hz"),
        (bytes(4800), "got silence"),
        (b"", "no audio"),
    ],
)
def test_a_wrong_tone_fails(audio: bytes, complaint: str):
    with pytest.raises(AssertionError, match=complaint):
        assert_tone(audio, 440)


def test_a_tone_that_other_sound_drowns_fails():
    half = sine_pcm(440, seconds=0.5) + NOISE[:24_000]

    with pytest.raises(AssertionError, match="of the power"):
        assert_tone(half, 440)


def test_silence_passes():
    assert_silence(silent_chunk(1))
    assert_silence(b"\1\0" * 4800)
    assert_silence(TONE + silent_chunk(1).data, start=1.0)


def test_a_short_sound_breaks_silence_and_is_dated():
    sound = silent_chunk(1).data + TONE[:960] + silent_chunk(1).data

    with pytest.raises(AssertionError, match=r"at 1\.00 s"):
        assert_silence(sound)


def test_a_part_beyond_the_end_fails():
    with pytest.raises(AssertionError, match=r"it lasts 1\.00 s"):
        assert_silence(silent_chunk(1), start=2.0)
