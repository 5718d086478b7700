"""The helpers for authors of custom judges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scenario._judge
from scenario._judge import DEFAULT_TOKEN_THRESHOLD, estimate_tokens
from scenario._tokens import cautious_tokens


def test_the_list_of_names_is_sorted_and_importable():
    names = scenario._judge.__all__

    assert names == sorted(names)
    assert all(hasattr(scenario._judge, name) for name in names)


def test_all_helpers_are_there():
    assert set(scenario._judge.__all__) >= {
        "DEFAULT_TOKEN_THRESHOLD",
        "JudgeSpanDigestFormatter",
        "JudgeUtils",
        "estimate_tokens",
        "expand_trace",
        "grep_trace",
        "judge_span_digest_formatter",
    }


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = scenario._judge.nothing


def test_default_token_threshold():
    assert DEFAULT_TOKEN_THRESHOLD == 8192


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("é" * 4, 2), ("日本", 2)]
)
def test_estimate_tokens(text, tokens):
    assert estimate_tokens(text) == tokens


@given(st.text())
def test_every_text_has_an_estimate(text):
    assert 0 <= estimate_tokens(text) <= len(text)


@given(st.text())
def test_cautious_tokens_are_no_less_and_at_most_twice_as_many(text):
    assert estimate_tokens(text) <= cautious_tokens(text) <= 2 * estimate_tokens(text)


def test_cautious_tokens_count_signs_and_other_scripts_twice():
    assert cautious_tokens("word word") == estimate_tokens("word word")
    assert cautious_tokens("12345678") == 2 * estimate_tokens("12345678")
    assert cautious_tokens("日本日本") == 2 * estimate_tokens("日本日本")
