"""Intervals against sets of points: every whole second is a point, half-open intervals hold it or not."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._recording.intervals import gaps, intersection, total_length, union

INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def points(intervals: list[tuple[float, float]]) -> set[int]:
    return {point for start, end in intervals for point in range(int(start), int(end))}


@given(INTERVALS)
def test_a_union_has_the_same_points_in_order_and_apart(intervals):
    merged = union(intervals)
    assert points(merged) == points(intervals)
    assert total_length(merged) == len(points(intervals))
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@given(INTERVALS, INTERVALS)
def test_an_intersection_has_the_points_of_both(one, other):
    common = intersection(one, other)
    assert points(common) == points(one) & points(other)
    assert total_length(common) == len(points(one) & points(other))


@given(INTERVALS)
def test_gaps_are_what_lies_between_and_in_none(intervals):
    inside = points(intervals)
    between = set(range(min(inside), max(inside))) - inside if inside else set()
    assert points(gaps(intervals)) == between
