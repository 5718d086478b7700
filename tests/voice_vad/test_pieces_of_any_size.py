"""How a track is cut into pieces, and how its silence is told, makes no difference to where speech is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario.voice._vad.detector import SpeechDetector, SpeechEdge

PIECES = st.lists(
    st.tuples(st.sampled_from(["tone", "noise", "silence"]), st.integers(1, 40_000), st.floats(-60.0, -3.0)),
    min_size=1,
    max_size=6,
)


def signal(kind: str, samples: int, dbfs: float) -> bytes:
    amplitude = 32767 * 10 ** (dbfs / 20)
    if kind == "silence":
        return bytes(2 * samples)
    if kind == "tone":
        wave = amplitude * np.sin(2 * np.pi * 440 / 24_000 * np.arange(samples))
    else:
        wave = amplitude / 3 * np.random.default_rng(samples).normal(size=samples)
    return np.clip(wave, -32768, 32767).astype("<i2").tobytes()


@settings(max_examples=60)
@given(pieces=PIECES, cuts=st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_any_cut_gives_the_same_edges(pieces: list[tuple[str, int, float]], cuts: list[int]):
    track = b"".join(signal(*piece) for piece in pieces)
    whole, cut = SpeechDetector(), SpeechDetector()
    expected = whole.push(track)

    edges: list[SpeechEdge] = []
    position, turn = 0, 0
    while position < len(track):
        size = 2 * cuts[turn % len(cuts)]
        edges += cut.push(track[position : position + size])
        position, turn = position + size, turn + 1

    assert edges == expected
    assert cut.intervals() == whole.intervals()


@settings(max_examples=60)
@given(pieces=PIECES)
def test_silence_that_is_told_is_like_silence_that_is_heard(pieces: list[tuple[str, int, float]]):
    heard, told = SpeechDetector(), SpeechDetector()
    for kind, length, dbfs in [*pieces, ("silence", 7200, 0.0), ("noise", 40_000, -20.0)]:
        samples = 5 * length if kind == "silence" else length  # up to 8 s, of which only the first are heard
        audio = signal(kind, samples, dbfs)
        expected = heard.push(audio)
        edges = told.skip(samples) if kind == "silence" else told.push(audio)
        assert edges == expected

    assert told.intervals() == heard.intervals()
    assert told.is_speaking == heard.is_speaking


def test_single_samples_find_speech_where_it_is():
    detector = SpeechDetector()
    track = bytes(9600) + signal("tone", 9600, -20.0) + bytes(20_000)

    edges = [edge for at in range(0, len(track), 2) for edge in detector.push(track[at : at + 2])]

    assert edges == [SpeechEdge("start", 4800), SpeechEdge("end", 14_400)]


def test_a_year_of_silence_is_skipped_at_once():
    detector = SpeechDetector()
    year = 365 * 24 * 3600 * 24_000
    detector.push(signal("tone", 24_000, -20.0))

    assert detector.skip(year) == [SpeechEdge("end", 24_000)]
    assert detector.push(signal("tone", 4800, -20.0)) == [SpeechEdge("start", 24_000 + year)]


def test_half_a_sample_is_refused():
    with pytest.raises(ValueError, match="two bytes per sample, got 3 bytes"):
        SpeechDetector().push(b"abc")
    with pytest.raises(ValueError, match="-1 samples"):
        SpeechDetector().skip(-1)
