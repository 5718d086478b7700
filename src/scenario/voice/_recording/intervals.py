"""Sets of points in time, as intervals of seconds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Interval: TypeAlias = tuple[float, float]
"""Start and end in seconds."""


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same points as intervals in order that neither touch nor overlap; empty ones go."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def intersection(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Return the points that are in both, in order."""
    left, right = union(one), union(other)
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def gaps(intervals: Iterable[Interval]) -> list[Interval]:
    """Return what lies between the first and the last moment and in no interval, in order."""
    merged = union(intervals)
    return [(before[1], after[0]) for before, after in pairwise(merged)]


def total_length(disjoint: Sequence[Interval]) -> float:
    """Return the seconds in intervals that do not overlap."""
    return sum((end - start for start, end in disjoint), 0.0)
