"""Edit distances and near misses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._spelling import edit_distance, near_miss


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("criterias", "criteria", 1),
        ("ab", "ba", 2),
    ],
)
def test_edit_distance(a, b, distance):
    assert edit_distance(a, b) == edit_distance(b, a) == distance


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_edit_distance_obeys_the_triangle_inequality(a, b, c):
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("modle", "model"),
        ("mode", "model"),
        ("criterias", "criteria"),
        ("model", None),
        ("seed", None),
        ("", None),
    ],
)
def test_near_miss(word, meant):
    assert near_miss(word, ["model", "criteria"]) == meant


def test_the_closest_of_several_wins():
    assert near_miss("cat", ["cute", "cart"]) == "cart"


def test_nothing_known_is_nothing_missed():
    assert near_miss("cat", []) is None
