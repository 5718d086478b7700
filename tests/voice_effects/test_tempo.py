"""Faster and slower speech, with the same voice."""

from __future__ import annotations

import numpy as np
import pytest

from scenario.voice import effects
from tests.voice_effects.audio import RATE, level, level_at, pcm, pitch, samples, tone, voice

EFFECTS = [
    *[(effects.speaking_fast(factor), factor) for factor in (1.05, 1.3, 2.0, 3.5)],
    *[(effects.speaking_slow(factor), factor) for factor in (0.95, 0.7, 0.5, 0.2)],
]


@pytest.mark.parametrize(("effect", "factor"), EFFECTS, ids=repr)
@pytest.mark.parametrize("seconds", [0.03, 0.2, 1.0, 7.3])
def test_the_duration_is_divided_by_the_factor(effect, factor: float, seconds: float):
    audio = pcm(voice(120, seconds))

    assert len(effect(audio)) / 2 / RATE == pytest.approx(seconds / factor, abs=0.02)


@pytest.mark.parametrize(("effect", "factor"), EFFECTS, ids=repr)
@pytest.mark.parametrize("hertz", [90, 200, 330])
def test_the_voice_keeps_its_pitch(effect, factor: float, hertz: float):
    assert pitch(samples(effect(pcm(voice(hertz, 3))))) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("effect", [effects.speaking_fast(), effects.speaking_slow()], ids=repr)
def test_a_steady_voice_stays_steady(effect):
    audio = voice(200, 3)

    heard = samples(effect(pcm(audio)))

    assert level(heard) == pytest.approx(level(audio), abs=0.3)
    # Splices that do not fit leave sound between the harmonics.
    assert level_at(heard, 200) - level_at(heard, 300) > 30


@pytest.mark.parametrize("effect", [effects.speaking_fast(), effects.speaking_slow()], ids=repr)
def test_words_keep_their_order_and_their_pauses(effect):
    pause = np.zeros(RATE // 2)
    audio = np.concatenate([tone(300), pause, tone(500), pause, tone(700)])

    heard = samples(effect(pcm(audio)))

    scale = len(heard) / len(audio)
    for start, frequency in [(0.1, 300), (1.6, 500), (3.1, 700)]:
        word = heard[int(start * RATE * scale) : int((start + 0.8) * RATE * scale)]
        others = {300, 500, 700} - {frequency}
        assert all(level_at(word, frequency) - level_at(word, other) > 30 for other in others)
    for start in (1.05, 2.55):
        assert not heard[int(start * RATE * scale) : int((start + 0.4) * RATE * scale)].any()


@pytest.mark.parametrize("count", [1, 2, 10, 100, 500])
def test_hardly_any_audio_is_no_harm(count: int):
    for effect, _ in EFFECTS:
        assert len(effect(pcm(tone(440)[:count]))) % 2 == 0


def test_silence_stays_silent():
    for effect, factor in EFFECTS:
        heard = effect(bytes(2 * RATE))
        assert not any(heard)
        assert len(heard) / 2 / RATE == pytest.approx(1 / factor, abs=0.02)
