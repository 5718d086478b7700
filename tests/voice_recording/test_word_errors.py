"""Word errors against an independent, plainly recursive count."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._recording.word_errors import word_errors, words_of

WORDS = st.lists(st.sampled_from(["yes", "no", "order", "42"]), max_size=8)


def oracle(expected: tuple[str, ...], heard: tuple[str, ...]) -> int:
    @cache
    def distance(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        if expected[i - 1] == heard[j - 1]:
            return distance(i - 1, j - 1)
        return 1 + min(distance(i - 1, j), distance(i, j - 1), distance(i - 1, j - 1))

    return distance(len(expected), len(heard))


@given(WORDS, WORDS)
def test_errors_are_the_fewest_edits(expected, heard):
    count = word_errors(" ".join(expected), " ".join(heard))
    assert count == (oracle(tuple(expected), tuple(heard)), len(expected))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't, please!", ["dont", "please"]),
        ("  ", []),
        ("ÄRGER über 3.50 €", ["ärger", "über", "350"]),
        ("What's that? It's ...", ["whats", "that", "its"]),
    ],
)
def test_words_have_no_case_and_no_punctuation(text, words):
    assert words_of(text) == words
