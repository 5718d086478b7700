"""Likely misspellings: names within a small edit distance of a known one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIMIT = 2  # edits; more would catch ordinary provider parameters


def warn_about_misspelt_keywords(
    owner: str, given: Iterable[str], known: Iterable[str], *, stacklevel: int = 3
) -> None:
    """Emit a `UserWarning` for each given keyword that is nearly, but not exactly, a known one.

    Args:
        owner: what the keywords were given to, for the text.
        given: keywords that the owner does not know itself and passes on.
        known: the owner's own parameters.
        stacklevel: as in `warnings.warn`; the default names the caller of the caller.
    """
    candidates = list(known)
    for name in given:
        meant = near_miss(name, candidates)
        if meant is not None:
            warnings.warn(
                f"{owner} has no parameter {name!r} and passes it to the model; did you mean {meant!r}?",
                UserWarning,
                stacklevel=stacklevel,
            )


def near_miss(word: str, known: Iterable[str], *, limit: int = _LIMIT) -> str | None:
    """Return the known word closest to `word` within `limit` edits, or `None`; equal words do not count."""
    distances = {other: edit_distance(word, other) for other in known}
    if not distances or word in distances:
        return None
    closest = min(distances, key=lambda other: distances[other])
    return closest if distances[closest] <= limit else None


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many insertions, deletions and replacements turn `a` into `b` (Levenshtein, 1966).

    Args:
        a: a text, compared by characters, or a list of words.
        b: the same of the other.
    """
    previous = list(range(len(b) + 1))
    for row, left in enumerate(a, 1):
        current = [row]
        for column, right in enumerate(b, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (left != right)))
        previous = current
    return previous[-1]
