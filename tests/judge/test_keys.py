# ruff: noqa: RUF001 - letters of other scripts are the point
"""Keys of criteria, and whose verdict a returned key is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._judge.keys import KeyMatcher, criterion_keys, slug

CRITERIA = ["Asks for the name", "Doesn't swear", "礼儀正しい", "名前を聞く"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Doesn't swear!", "doesnt_swear_"), ("Größe > 5", "gr__e___5"), ("A-1", "a_1"), ("", "")],
)
def test_slug(text, expected):
    assert slug(text) == expected


def test_a_key_is_the_number_and_the_slug():
    assert criterion_keys(["Asks for the name.", "Doesn't swear"]) == [
        "c1_asks_for_the_name",
        "c2_doesnt_swear",
    ]


def test_a_criterion_without_latin_letters_or_digits_has_its_number_only():
    assert criterion_keys(["礼儀正しい", "…"]) == ["c1", "c2"]


def test_criteria_equal_in_their_first_100_characters_get_distinct_keys():
    first, second = criterion_keys(["x" * 100 + " a", "x" * 100 + " b"])

    assert first != second
    assert len(first) == len(second) == 64


@given(st.lists(st.text(min_size=1, max_size=120), max_size=12))
def test_keys_are_unique_and_every_provider_accepts_them(criteria):
    keys = criterion_keys(criteria)

    assert len(set(keys)) == len(criteria)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", key) and not key.endswith("_") for key in keys)


@given(st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=12))
def test_every_generated_key_stands_for_its_own_criterion(criteria):
    assert [KeyMatcher(criteria).index(key) for key in criterion_keys(criteria)] == list(range(len(criteria)))


@pytest.mark.parametrize(
    ("key", "index"),
    [
        ("c1_asks_for_the_name", 0),
        ("c2", 1),
        ("2", 1),
        ("criterion_4", 3),
        ("c3_politeness", 2),
        ("asks_for_the_name", 0),
        ("Asks for the name", 0),
        ("doesnt swear", 1),
        (" 礼儀正しい ", 2),
        ("c0", None),
        ("c5", None),
        ("c01", None),
        ("criterion 1", None),
        ("is polite", None),
        ("？？？？？", None),
        ("", None),
    ],
)
def test_which_criterion_a_key_stands_for(key, index):
    assert KeyMatcher(CRITERIA).index(key) == index


def test_a_text_that_two_criteria_share_stands_for_neither():
    criteria = ["Is polite", "is polite"]

    assert KeyMatcher(criteria).index("Is polite") is None
    assert KeyMatcher(criteria).index("c2") == 1


def test_a_number_with_words_of_nobody_stands_for_the_number():
    assert KeyMatcher(CRITERIA).index("c2_is_polite") == 1


def test_a_number_with_the_words_of_another_criterion_stands_for_neither():
    assert KeyMatcher(CRITERIA).index("c2_asks_for_the_name") is None


def test_a_model_that_counts_from_0_shifts_no_verdict():
    criteria = ["Asks for the name", "Is polite", "Ends the call"]
    counted = [key.replace(f"c{n}_", f"c{n - 1}_") for n, key in enumerate(criterion_keys(criteria), 1)]
    assert [KeyMatcher(criteria).index(key) for key in counted] == [None, None, None]
