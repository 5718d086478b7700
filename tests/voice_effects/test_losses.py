"""Packets that are lost, and what is put in their place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from scenario.voice import effects
from tests.voice_effects.audio import RATE, pcm, samples, tone

WINDOW = 480


def windows(audio: bytes, size: int = WINDOW) -> np.ndarray:
    return samples(audio).reshape(-1, size)


def loud(seconds: float) -> bytes:
    return pcm(np.full(round(seconds * RATE), 1000))


def test_half_of_the_windows_are_lost_whole():
    zeros = (windows(effects.packet_loss(0.5, seed=1)(loud(60))) == 0).sum(axis=1)

    assert set(zeros) == {0, WINDOW}
    assert 0.45 <= np.mean(zeros == WINDOW) <= 0.55


def test_what_arrives_is_untouched_and_the_extremes_hold():
    audio = pcm(np.random.default_rng(0).normal(0, 3000, 10 * RATE))
    heard, before = windows(effects.packet_loss(0.3, seed=1)(audio)), windows(audio)
    arrived = heard.any(axis=1)

    assert 0.6 < arrived.mean() < 0.8
    assert (heard[arrived] == before[arrived]).all()
    assert effects.packet_loss(0)(audio) == audio
    assert effects.packet_loss(1)(audio) == bytes(len(audio))


def test_windows_have_the_length_that_is_asked_for():
    zeros = (windows(effects.packet_loss(0.5, 60, seed=1)(loud(60)), 1440) == 0).sum(axis=1)

    assert set(zeros) == {0, 1440}


def test_breaking_up_loses_a_fifth_in_pieces_of_100_ms():
    zeros = (windows(effects.breaking_up(seed=1)(loud(240)), 2400) == 0).sum(axis=1)

    assert set(zeros) == {0, 2400}
    assert np.mean(zeros == 2400) == pytest.approx(0.2, abs=0.025)


def test_the_end_may_be_less_than_a_window():
    audio = loud(0.03)

    assert len(effects.packet_loss(0.5, seed=1)(audio)) == len(audio)
    assert effects.packet_loss(1, seed=1)(pcm(np.full(7, 1000))) == bytes(14)


def test_a_concealed_loss_repeats_what_came_last_ever_softer():
    audio = pcm(tone(1000, 20))
    plain = windows(effects.packet_loss(0.3, seed=1)(audio))
    concealed = windows(effects.packet_loss(0.3, seed=1, conceal=True)(audio))
    lost = ~plain.any(axis=1)
    first = 1 + np.flatnonzero(lost[1:] & ~lost[:-1])
    second = 2 + np.flatnonzero(lost[2:] & lost[1:-1] & ~lost[:-2])
    loudness = np.sqrt(np.mean(concealed**2, axis=1)) / (3000 / np.sqrt(2))

    assert (concealed[~lost] == plain[~lost]).all()
    assert loudness[first].min() > 0.6
    assert loudness[second].max() < loudness[first].min()
    assert loudness[second].min() > 0.2


def test_a_concealed_loss_begins_without_a_step():
    audio = pcm(tone(310, 20))
    heard = samples(effects.packet_loss(0.3, seed=1, conceal=True)(audio))
    lost = ~windows(effects.packet_loss(0.3, seed=1)(audio)).any(axis=1)
    beginnings = WINDOW * (1 + np.flatnonzero(lost[1:] & ~lost[:-1]))

    largest = np.abs(np.diff(tone(310, 1))).max()
    assert np.abs(heard[beginnings] - heard[beginnings - 1]).max() <= 1.1 * largest


def test_after_a_long_loss_nothing_is_repeated_and_nothing_comes_before_the_first():
    assert effects.packet_loss(1, conceal=True)(loud(1)) == bytes(2 * RATE)
    heard = windows(effects.packet_loss(0.9, conceal=True, seed=1)(loud(30)))
    plain = windows(effects.packet_loss(0.9, seed=1)(loud(30)))
    arrived = np.flatnonzero(plain.any(axis=1))
    for before, after in pairwise(arrived):
        assert not heard[before + 4 : after].any()
