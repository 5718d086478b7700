"""Lines: their band, their sampling rate, their hiss."""

from __future__ import annotations

import numpy as np
import pytest

from scenario.voice import effects
from tests.voice_effects.audio import level, level_at, pcm, samples, tone


def change(effect, frequency: float, at: float | None = None) -> float:
    """Return by how many dB an effect changes a tone, or what it makes of it at another frequency."""
    before = tone(frequency, 2)
    after = samples(effect(pcm(before)))
    middle = slice(4000, -4000)
    return level_at(after[middle], at or frequency) - level_at(before[middle], frequency)


@pytest.mark.parametrize("frequency", [50, 100, 5000, 8000])
def test_a_telephone_takes_away_what_is_outside_of_its_band(frequency: float):
    assert change(effects.phone_quality(), frequency) <= -30


@pytest.mark.parametrize("frequency", [300, 440, 1000, 2000, 3400])
def test_a_telephone_keeps_what_is_within_its_band(frequency: float):
    assert change(effects.phone_quality(), frequency) == pytest.approx(0, abs=1)


def test_a_telephone_limits_softly():
    loud = samples(effects.phone_quality()(pcm(tone(1000, 1, 32_000))))[2000:-2000]

    assert np.abs(loud).max() == pytest.approx(16_000 * np.tanh(2), rel=0.02)


def test_a_telephone_delays_nothing():
    click = np.zeros(4800)
    click[2400] = 20_000

    assert np.abs(samples(effects.phone_quality()(pcm(click)))).argmax() == 2400


@pytest.mark.parametrize("bitrate", [4000, 8000, 16_000])
def test_a_low_rate_keeps_what_is_below_half_of_it_and_folds_nothing(bitrate: int):
    effect = effects.low_quality(bitrate)

    assert change(effect, 0.4 * bitrate) == pytest.approx(0, abs=0.5)
    assert change(effect, 0.6 * bitrate) < -40
    assert change(effect, 0.6 * bitrate, at=0.4 * bitrate) < -40


def test_with_alias_what_is_above_folds_back():
    assert change(effects.low_quality(8000, alias=True), 5000, at=3000) > -6


@pytest.mark.parametrize("alias", [False, True])
def test_a_full_rate_changes_nothing(alias: bool):
    audio = pcm(tone(5000))

    assert effects.low_quality(24_000, alias=alias)(audio) == audio


@pytest.mark.parametrize("intensity", [0.01, 0.05])
def test_static_is_gaussian_noise_of_its_deviation(intensity: float):
    audio = pcm(tone(440, 5))

    noise = samples(effects.static(intensity, seed=3)(audio)) - samples(audio)

    assert noise.std() == pytest.approx(32_767 * intensity, rel=0.02)
    assert np.mean(noise**4) / np.mean(noise**2) ** 2 == pytest.approx(3, abs=0.1)
    assert level(noise[:60_000]) == pytest.approx(level(noise[60_000:]), abs=0.2)
