"""Property keys of criteria in the verdict tool, and whose verdict a returned key is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KEY_LENGTH = 64  # the longest property name that all providers accept
_SLUG_LENGTH = 70


def slug(text: str) -> str:
    """Return `text` in lower case with apostrophes dropped and all but ASCII letters and digits as `_`."""
    return re.sub(r"[^a-z0-9]", "_", text.replace("'", "").lower())


def criterion_keys(criteria: Sequence[str]) -> list[str]:
    """Return one key per criterion: `c{n}_{slug}`, unique, at most 64 characters of `[a-z0-9_]`."""
    return [f"c{number}_{slug(text)}"[:_KEY_LENGTH].rstrip("_") for number, text in enumerate(criteria, 1)]


def matching_criterion(key: str, criteria: Sequence[str]) -> int | None:
    """Return the index of the criterion that a returned key stands for; `None` when that is not certain.

    The first rule that gives exactly one criterion decides: the generated key, the criterion's number, the
    slug of its text, its text. The place in the reply never counts.
    """
    rules: tuple[Callable[[], list[int]], ...] = (
        lambda: _indexes(criterion_keys(criteria), key),
        lambda: _by_number(key, len(criteria)),
        lambda: _by_slug(key, criteria),
        lambda: _indexes([_folded(text) for text in criteria], _folded(key)),
    )
    for rule in rules:
        match rule():
            case [index]:
                return index
            case _:
                pass
    return None


def _by_number(key: str, count: int) -> list[int]:
    found = re.fullmatch(r"c([1-9][0-9]{0,5})(?:_.*)?|(?:criterion_)?([1-9][0-9]{0,5})", key, re.DOTALL)
    if found is None:
        return []
    number = int(found[1] or found[2])
    return [number - 1] if number <= count else []


def _by_slug(key: str, criteria: Sequence[str]) -> list[int]:
    wanted = slug(key)[:_SLUG_LENGTH]
    if not wanted.strip("_"):  # nothing is left of a text in another script: any such text would match
        return []
    return _indexes([slug(text)[:_SLUG_LENGTH] for text in criteria], wanted)


def _indexes(values: Sequence[str], wanted: str) -> list[int]:
    return [index for index, value in enumerate(values) if value == wanted]


def _folded(text: str) -> str:
    return text.strip().casefold()
