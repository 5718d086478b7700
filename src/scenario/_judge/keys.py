"""Property keys of criteria in the verdict tool, and whose verdict a returned key is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KEY_LENGTH = 64  # the longest property name that all providers accept
_SLUG_LENGTH = 70


def slug(text: str) -> str:
    """Return `text` in lower case with apostrophes dropped and all but ASCII letters and digits as `_`."""
    return re.sub(r"[^a-z0-9]", "_", text.replace("'", "").lower())


def criterion_keys(criteria: Sequence[str]) -> list[str]:
    """Return one key per criterion: `c{n}_{slug}`, unique, at most 64 characters of `[a-z0-9_]`."""
    return [f"c{number}_{slug(text)}"[:_KEY_LENGTH].rstrip("_") for number, text in enumerate(criteria, 1)]


class KeyMatcher:
    """Tells which criterion a returned key stands for; made once for all keys of a reply.

    The first rule that gives exactly one criterion decides: the generated key, the criterion's number, the
    slug of its text, its text. A number with the text of another criterion is nobody's: some models count
    from 0. The place in the reply never counts.

    Args:
        criteria: the effective criteria.
    """

    def __init__(self, criteria: Sequence[str]) -> None:
        self._count = len(criteria)
        keys = criterion_keys(criteria)
        self._by_key = _unique(keys)
        self._by_rest = _unique(key.partition("_")[2] for key in keys)
        self._by_slug = _unique([slug(text)[:_SLUG_LENGTH] for text in criteria])
        self._by_text = _unique(map(_folded, criteria))

    def index(self, key: str) -> int | None:
        """Return the index of the criterion that a key stands for; `None` when that is not certain."""
        for found in (
            self._by_key.get(key),
            self._numbered(key),
            self._by_slug.get(_wanted_slug(key)),
            self._by_text.get(_folded(key)),
        ):
            if found is not None:
                return found
        return None

    def _numbered(self, key: str) -> int | None:
        found = re.fullmatch(r"c([1-9][0-9]{0,5})(?:_.*)?|(?:criterion_)?([1-9][0-9]{0,5})", key, re.DOTALL)
        number = int(found[1] or found[2]) if found else 0
        if not 1 <= number <= self._count:
            return None
        words = key.partition("_")[2] if found and found[1] else ""
        named = self._by_rest.get(words) if words else None
        return number - 1 if named in (None, number - 1) else None


def _wanted_slug(key: str) -> str | None:
    wanted = slug(key)[:_SLUG_LENGTH]
    # Nothing is left of a text in another script: any such text would match.
    return wanted if wanted.strip("_") else None


def _unique(values: Iterable[str]) -> dict[str | None, int | None]:
    """Return the index of each value; `None` of one that stands there more than once."""
    places: dict[str | None, int | None] = {}
    for index, value in enumerate(values):
        places[value] = None if value in places else index
    return places


def _folded(text: str) -> str:
    return text.strip().casefold()
