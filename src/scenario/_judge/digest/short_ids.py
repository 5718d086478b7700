"""Span ids short enough to read and long enough to tell spans apart."""

from __future__ import annotations

from itertools import takewhile
from operator import eq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 8


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id its first 8 digits, or more where another id begins with the same ones."""
    ordered = sorted(set(ids))
    shared = [0, *map(_shared, ordered, ordered[1:]), 0]
    # The longest common beginning is with a neighbour in the sorted order.
    return {
        id: id[: max(_SHORTEST, before + 1, after + 1)]
        for id, before, after in zip(ordered, shared, shared[1:], strict=False)
    }


def _shared(one: str, other: str) -> int:
    """Return how many digits two ids have in common at their beginning; less than 8 count as none."""
    if one[:_SHORTEST] != other[:_SHORTEST]:
        return 0
    return len(list(takewhile(bool, map(eq, one, other))))
