"""Streaming resampling is band-limited, seamless, in time and of the right length."""

from __future__ import annotations

import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._audio.resampler import StreamResampler, resample_whole
from tests.voice_audio.signals import RATES, level, noise, sine

PAIRS = list(permutations(RATES, 2))
every_pair = pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)


def converted(samples: np.ndarray, from_rate: int, to_rate: int, piece: int | None = None) -> np.ndarray:
    resampler = StreamResampler(from_rate, to_rate)
    piece = piece or len(samples)
    pieces = [resampler.push(samples[at : at + piece]) for at in range(0, len(samples), piece)]
    return np.concatenate([*pieces, resampler.flush()])


@every_pair
def test_tones_that_both_rates_can_carry_keep_their_level(from_rate: int, to_rate: int):
    nyquist = min(from_rate, to_rate) / 2
    for share in (0.02, 0.3, 0.6, 0.9):
        tone = sine(share * nyquist, from_rate)

        assert level(converted(tone, from_rate, to_rate)) == pytest.approx(level(tone), abs=0.1)


@pytest.mark.parametrize(("from_rate", "to_rate"), [pair for pair in PAIRS if pair[0] > pair[1]])
def test_tones_that_the_lower_rate_cannot_carry_are_gone(from_rate: int, to_rate: int):
    frequencies = [share * to_rate / 2 for share in (1.1, 1.2, 1.5, 1.9, 2.6)]
    for frequency in [frequency for frequency in frequencies if frequency < from_rate / 2]:
        tone = sine(frequency, from_rate)

        assert level(converted(tone, from_rate, to_rate)) < level(tone) - 60


@pytest.mark.parametrize(("from_rate", "to_rate"), [pair for pair in PAIRS if pair[0] < pair[1]])
def test_a_higher_rate_adds_no_images_of_a_tone(from_rate: int, to_rate: int):
    frequency = 0.9 * from_rate / 2
    output = converted(sine(frequency, from_rate), from_rate, to_rate)

    assert level(output - sine(frequency, to_rate)) < level(output) - 60


@every_pair
@pytest.mark.parametrize("milliseconds", [7, 20, 100])
def test_pieces_give_the_same_samples_as_one_call(from_rate: int, to_rate: int, milliseconds: int):
    samples = noise(from_rate)
    whole = converted(samples, from_rate, to_rate).astype(int)

    pieces = converted(samples, from_rate, to_rate, from_rate * milliseconds // 1000).astype(int)

    assert len(pieces) == len(whole)
    assert np.abs(pieces - whole).max() <= 2


@every_pair
def test_a_click_keeps_its_moment(from_rate: int, to_rate: int):
    click = np.zeros(from_rate, np.int16)
    click[from_rate // 3] = 30_000

    output = converted(click, from_rate, to_rate, from_rate // 50)

    moment = np.argmax(np.abs(output.astype(int))) / to_rate
    assert moment == pytest.approx((from_rate // 3) / from_rate, abs=0.001)


@every_pair
def test_at_most_ten_milliseconds_are_held_back(from_rate: int, to_rate: int):
    resampler, pushed, returned = StreamResampler(from_rate, to_rate), 0, 0
    for size in (from_rate // 200, from_rate // 50, 1, 37, from_rate // 10):
        pushed += size
        returned += len(resampler.push(np.ones(size, np.int16)))

        assert pushed / from_rate - returned / to_rate <= 0.010


@given(st.sampled_from(PAIRS), st.lists(st.integers(0, 1500), max_size=12), st.integers(0, 99))
def test_any_cut_of_any_length_gives_the_same(pair: tuple[int, int], sizes: list[int], seed: int):
    from_rate, to_rate = pair
    samples = noise(sum(sizes), seed)
    resampler, pieces, at = StreamResampler(from_rate, to_rate), [np.empty(0, np.int16)], 0
    for size in sizes:
        pieces.append(resampler.push(samples[at : at + size]))
        at += size
    pieces.append(resampler.flush())
    output = np.concatenate(pieces).astype(int)

    assert abs(len(output) - len(samples) * to_rate / from_rate) <= 0.5
    if len(samples):
        assert np.abs(output - converted(samples, from_rate, to_rate)).max(initial=0) <= 2


def test_a_flushed_resampler_begins_anew():
    resampler, samples = StreamResampler(24_000, 8_000), noise(5_000)
    first = np.concatenate([resampler.push(samples), resampler.flush()])

    assert np.array_equal(np.concatenate([resampler.push(samples), resampler.flush()]), first)


def test_overflow_saturates():
    square = np.where(np.arange(24_000) // 40 % 2, 32_767, -32_768).astype(np.int16)
    output = converted(square, 24_000, 44_100)

    # An overshoot that wrapped would change its sign in the middle of a half wave.
    middle = output.astype(int)[1000:-1000]
    jumps = np.abs(np.diff(middle))
    assert middle.max() == 32_767
    assert middle.min() == -32_768
    assert (jumps > 60_000).sum() == 0


def test_equal_rates_pass_through():
    samples = noise(1000)

    assert np.array_equal(converted(samples, 16_000, 16_000, 33), samples)


def test_floats_stay_floats():
    assert converted(sine(440, 24_000), 24_000, 8_000).dtype == np.float32


@pytest.mark.parametrize(("from_rate", "to_rate"), [(0, 24_000), (24_000, 1), (10**9, 24_000)])
def test_a_rate_that_no_audio_has_is_refused(from_rate: int, to_rate: int):
    with pytest.raises(ValueError, match="sample rate"):
        StreamResampler(from_rate, to_rate)


def test_a_ratio_that_would_need_a_huge_table_is_refused():
    with pytest.raises(ValueError, match="44101 to 24000 Hz"):
        StreamResampler(44_101, 24_000)


def test_a_minute_in_frames_of_a_telephone_costs_little():
    frame = noise(480)
    resampler = StreamResampler(24_000, 8_000)
    began = time.process_time()
    for _ in range(3000):
        resampler.push(frame)

    # Measured 0.2 s; the bound catches work that grows with what came before.
    assert time.process_time() - began < 3.0


@every_pair
def test_whole_utterances_keep_length_and_level(from_rate: int, to_rate: int):
    tone = sine(1000, from_rate, seconds=0.7)
    output = resample_whole(tone, from_rate, to_rate)

    assert len(output) == round(len(tone) * to_rate / from_rate)
    assert level(output) == pytest.approx(level(tone), abs=0.02)


def test_whole_utterances_of_integers_saturate():
    square = np.where(np.arange(24_000) // 40 % 2, 32_767, -32_768).astype(np.int16)

    assert resample_whole(square, 24_000, 44_100).dtype == np.int16
    assert resample_whole(square, 24_000, 44_100).max() == 32_767
