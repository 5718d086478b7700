"""The offline voice's alphabet: how text becomes letters of three tones each, and letters text again.

A letter is one byte of the UTF-8 text. It sounds as three tones at once: two say the byte's halves, and a
mark says where in its word the letter stands, so that words are found whole wherever a recording begins,
pauses or breaks off, and so that a letter never equals its neighbour. One space between words is a pause; any
other space is a letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST, EVEN, ODD, LAST, ONLY, OTHER_ONLY = range(6)
"""Marks: the first letter of a word, those in between by turns, the last, and the only one, by turns too."""

MARKS = 6
HALVES = 16

_PAUSE = re.compile(r"(?<=[^ ]) (?=.)", re.DOTALL)
_GAP = 0.5  # seconds; the same one-letter word after a longer silence was said again


class Letter(NamedTuple):
    """One letter: its mark, the upper and the lower half of its byte."""

    mark: int
    high: int
    low: int


def words_of(text: str) -> list[list[Letter]]:
    """Return the words of `text` as letters; between two words stands a pause."""
    parts = [part.encode("utf-8", "replace") for part in _PAUSE.split(text) if part]
    return [list(_letters(part, (ONLY, OTHER_ONLY)[index % 2])) for index, part in enumerate(parts)]


def text_of(letters: Iterable[tuple[Letter, float]]) -> str:
    """Return the words that were heard from their first to their last letter, with single spaces between.

    Args:
        letters: what was heard, in order, each with the seconds of silence before it.
    """
    return " ".join(word.decode("utf-8", "replace") for word in _whole_words(letters))


def _letters(data: bytes, only: int) -> Iterator[Letter]:
    last = len(data) - 1
    for index, byte in enumerate(data):
        inner = (EVEN, ODD)[index % 2] if index else FIRST
        mark = inner if index < last else (LAST if index else only)
        yield Letter(mark, byte >> 4, byte & 15)


def _whole_words(letters: Iterable[tuple[Letter, float]]) -> Iterator[bytes]:
    word: bytearray | None = None
    previous: Letter | None = None
    for letter, silence in letters:
        alone = letter.mark in (ONLY, OTHER_ONLY)
        # A letter never equals its neighbour: what is heard twice running is one letter with a gap in it.
        if letter == previous and not (alone and silence > _GAP):
            continue
        previous = letter
        byte = letter.high << 4 | letter.low
        if alone:
            yield bytes([byte])
            word = None
        elif letter.mark == FIRST:
            word = bytearray([byte])
        elif word is not None:
            word.append(byte)
            if letter.mark == LAST:
                yield bytes(word)
                word = None
