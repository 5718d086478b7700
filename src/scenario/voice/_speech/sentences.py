"""Long text in pieces that a provider takes at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SENTENCE_END = re.compile(r"[.!?…][\"')\]»”’]*(?=\s)|[。！？]|\n")  # noqa: RUF001 - full-width ends of sentences
_WORD_END = re.compile(r"(?=\s)")


def split_text(text: str, limit: int, size: Callable[[str], int] = len) -> list[str]:
    """Return `text` in pieces of at most `limit`, cut after sentences, else between words, else anywhere.

    Args:
        text: what is to be cut; white space around the pieces is left out.
        limit: the greatest size of a piece.
        size: how a piece is measured; by default in characters.
    """
    pieces: list[str] = []
    rest = text.strip()
    while size(rest) > limit:
        at = _cut(rest, limit, size)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in (*pieces, rest) if piece]


def utf8_size(text: str) -> int:
    """Return the bytes of `text` in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def _cut(text: str, limit: int, size: Callable[[str], int]) -> int:
    """Return where to cut: the last good place within the limit."""
    end = min(limit, len(text))
    while size(text[:end]) > limit:
        end -= max(1, (size(text[:end]) - limit) // 4)
    for places in (_SENTENCE_END, _WORD_END):
        cuts = [place.end() for place in places.finditer(text, 0, end + 1) if 0 < place.end() <= end]
        if cuts:
            return cuts[-1]
    return end
