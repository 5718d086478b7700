"""Loudness, echo, and the robot."""

from __future__ import annotations

import numpy as np
import pytest

from scenario.voice import effects
from tests.voice_effects.audio import RATE, level_at, pcm, samples, tone


def test_volume_is_a_factor():
    audio = pcm(tone(440))

    assert samples(effects.low_volume(0.25)(audio)) == pytest.approx(0.25 * samples(audio), abs=0.51)
    assert samples(effects.high_volume(2.0)(audio)) == pytest.approx(2 * samples(audio), abs=0.51)
    assert effects.high_volume(1.0)(audio) == audio


def test_what_is_too_loud_saturates():
    heard = samples(effects.high_volume(100)(pcm(np.array([-2000, -1, 0, 1, 2000]))))

    assert heard.tolist() == [-32768, -100, 0, 100, 32767]


def test_an_echo_comes_once_and_after_the_end():
    click = np.zeros(RATE)
    click[0], click[-1] = 1000, 500

    heard = samples(effects.echo(100, 0.5)(pcm(click)))

    assert len(heard) == RATE + 2400
    assert {place: heard[place] for place in np.flatnonzero(heard)} == {
        0: 1000, 2400: 500, RATE - 1: 500, RATE + 2399: 250
    }  # fmt: skip


def test_an_echo_without_delay_is_louder():
    assert samples(effects.echo(0, 1.0)(pcm(np.array([100, -5])))).tolist() == [200, -10]


def test_a_robot_is_multiplied_by_a_tone_of_100_hz():
    audio = tone(1000, 1)

    heard = samples(effects.robotic()(pcm(audio)))

    assert heard == pytest.approx(audio * np.sin(2 * np.pi * 100 / RATE * np.arange(RATE)), abs=2)
    assert level_at(heard, 900) - level_at(heard, 1000) > 30
    assert level_at(heard, 1100) - level_at(heard, 1000) > 30
