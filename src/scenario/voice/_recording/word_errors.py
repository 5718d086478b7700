"""How many words of a text were understood wrongly."""

from __future__ import annotations

import re
from typing import NamedTuple

from scenario._spelling import edit_distance

_PUNCTUATION = re.compile(r"[^\w\s]")


class WordErrors(NamedTuple):
    """Errors against an intended text.

    Attributes:
        errors: words replaced, left out and added.
        words: words of the intended text.
    """

    errors: int
    words: int


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower-cased and without punctuation."""
    return _PUNCTUATION.sub("", text.lower()).split()


def word_errors(intended: str, understood: str) -> WordErrors:
    """Count the word errors of `understood` against `intended` (the numerator and denominator of WER)."""
    expected = words_of(intended)
    return WordErrors(edit_distance(expected, words_of(understood)), len(expected))
