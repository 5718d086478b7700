"""Telephone keys sound as the standard says, and are heard through a telephone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._audio.converter import Encoder
from scenario.voice._audio.dtmf import dtmf_audio
from scenario.voice._audio.g711 import mulaw_decode
from scenario.voice._audio.tones import detect_dtmf, dominant_frequency, tone_level
from scenario.voice.testing.assertions import assert_audio_level, assert_silence
from tests.voice_audio.signals import noise, sine

ALL = "0123456789*#ABCD"
PAIRS = {
    "1": (697, 1209),
    "5": (770, 1336),
    "9": (852, 1477),
    "0": (941, 1336),
    "D": (941, 1633),
    "*": (941, 1209),
}


@pytest.mark.parametrize("key", PAIRS)
def test_a_key_sounds_its_row_and_its_column(key: str):
    tone = dtmf_audio(key)[:4800]

    for frequency in PAIRS[key]:
        assert tone_level(tone, frequency) == pytest.approx(-9.0, abs=0.1)
    assert_audio_level(tone, -6, tolerance=0.1)


def test_a_key_lasts_100_ms_and_is_followed_by_50_ms_of_silence():
    sound = dtmf_audio("12")

    assert len(sound) == 2 * 150 * 48
    assert_audio_level(sound, -6, end=0.1)
    assert_silence(sound, start=0.1, end=0.15)
    assert_audio_level(sound, -6, start=0.15, end=0.25)


def test_pauses_last_half_a_second_and_a_second():
    assert dtmf_audio("w") == bytes(24_000)
    assert dtmf_audio("W") == bytes(48_000)


@pytest.mark.parametrize("tones", ["1x", "a", "1-2", " ", "٣", ""])
def test_other_characters_are_refused(tones: str):
    with pytest.raises(ValueError, match="DTMF"):
        dtmf_audio(tones)


@given(st.text(ALL, min_size=1, max_size=8))
def test_keys_are_heard_in_order(keys: str):
    assert detect_dtmf(dtmf_audio(keys)) == keys


def test_keys_are_heard_through_a_telephone():
    encoder = Encoder("mulaw/8000")
    wire = encoder.push(dtmf_audio("wA00W" + ALL)) + encoder.flush()

    assert detect_dtmf(mulaw_decode(wire), rate=8000) == "A00" + ALL


def test_keys_are_heard_in_noise():
    sound = np.frombuffer(dtmf_audio(ALL), "<i2") * 0.3
    background = noise(len(sound)) * 0.03

    assert detect_dtmf((sound + background).astype(np.int16)) == ALL


@pytest.mark.parametrize(
    "sound",
    [
        noise(48_000),
        sine(697, 24_000),
        sine(1209, 24_000),
        sine(300, 24_000) + sine(1209, 24_000) / 2,
        np.zeros(0, np.int16),
        np.zeros(24_000, np.int16),
    ],
    ids=["noise", "row alone", "column alone", "another pair", "nothing", "silence"],
)
def test_other_sounds_are_no_keys(sound: np.ndarray):
    assert detect_dtmf(sound) == ""


def test_the_strongest_frequency_is_found_between_bins():
    assert dominant_frequency(sine(441.37, 24_000, 0.5).astype(np.int16)) == pytest.approx(441.37, abs=0.05)
    assert dominant_frequency(np.zeros(100, np.int16)) == 0.0
