"""The tools that look into a transcript."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._judge.discovery.message_grep import grep_transcript
from scenario._judge.discovery.message_numbers import expand_transcript

LINES = [
    '#1 user: "Hello"',
    '#2 assistant: "My name is Bob"',
    '#3 user: "I said \\"refund\\"\\nnow"',
    '#4 assistant: "No refund, no REFUND"',
    '#w1 (withdrawn by the test in turn 1, was #3) assistant: "The code is 4711"',
]
LIMIT = 16_384
ROOM_FOR_NOTICE = 200

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
lines = st.lists(st.text(max_size=60), max_size=20).map(
    lambda texts: [f"#{n} user: {text}" for n, text in enumerate(texts, 1)]
)


@pytest.mark.parametrize(
    ("numbers", "places"),
    [
        (["2"], [1]),
        ([2], [1]),
        ([2.0], [1]),
        ("2", [1]),
        (2, [1]),
        (["#2"], [1]),
        (["3", "1", "3"], [0, 2]),
        ("1, 3", [0, 2]),
        ("[1] [3]", [0, 2]),
        (["2-4"], [1, 2, 3]),
        (["#2 - #4"], [1, 2, 3]),
        (["3..99"], [2, 3]),
        (["w1"], [4]),
        (["#W1"], [4]),
        (["4", "w1"], [3, 4]),
        (["02"], [1]),
    ],
    ids=str,
)
def test_messages_are_shown_by_number_in_their_order(numbers, places):
    assert expand_transcript(LINES, numbers) == "\n".join(LINES[place] for place in places)


@pytest.mark.parametrize("numbers", [[], None, "", [[]], [None]])
def test_no_number_is_an_error(numbers):
    assert expand_transcript(LINES, numbers).startswith("Error: expand_transcript needs")


@pytest.mark.parametrize("numbers", [["7"], ["0"], ["x"], [{}], [-1], ["9-12"], [10**400]])
def test_nothing_found_is_an_error_that_tells_how_many_there_are(numbers):
    text = expand_transcript(LINES, numbers)

    assert text.startswith("Error: there is no message ")
    assert text.endswith("The transcript has 5 messages.")


def test_what_is_not_there_is_named_beside_what_is():
    assert expand_transcript(LINES, ["1", "77", "x"]).splitlines() == [
        LINES[0],
        "Error: there is no message 77, x.",
    ]


def test_long_messages_share_the_room_and_lose_their_middle():
    long = ["#1 user: " + "a" * 50_000, "#2 user: short", "#3 user: " + "b" * 50_000]
    first, second, third, notice = expand_transcript(long, ["1-3"]).splitlines()

    assert second == long[1]
    assert "characters omitted" in first
    assert "characters omitted" in third
    assert abs(len(first) - len(third)) < 10
    assert notice.startswith("[TRUNCATED]")


def test_a_range_of_thousands_shows_the_first_and_counts_the_rest():
    many = [f"#{n} user: x" for n in range(1, 20_001)]
    shown = expand_transcript(many, ["1-20000"]).splitlines()

    assert shown[:60] == many[:60]
    assert shown[60] == "... 19940 more messages"
    assert shown[61].startswith("[TRUNCATED]")


@given(lines, anything)
def test_expanding_never_raises_and_keeps_its_limit(lines, numbers):
    assert len(expand_transcript(lines, numbers).encode("utf-8", "surrogatepass")) <= LIMIT + ROOM_FOR_NOTICE


def test_hits_are_shown_with_their_message_whatever_the_case():
    assert grep_transcript(LINES, "bob") == LINES[1]


def test_text_with_quotation_marks_and_line_ends_is_found_as_it_was_said():
    assert grep_transcript(LINES, 'said "refund"') == LINES[2]
    assert grep_transcript(LINES, '"refund"\nnow') == LINES[2]


def test_alternatives_are_tried_when_the_whole_is_not_found():
    assert grep_transcript(LINES, "bob|4711").splitlines() == [LINES[1], LINES[4]]
    assert grep_transcript(['#1 user: "a|b"', '#2 user: "a"'], "a|b") == '#1 user: "a|b"'


def test_a_pattern_is_never_a_regular_expression():
    assert grep_transcript(LINES, "B.b").startswith("No matches found")


def test_a_number_is_a_text_too():
    assert grep_transcript(LINES, 4711) == LINES[4]


@pytest.mark.parametrize("pattern", ["", "  ", None, [], {}, ["a"]])
def test_without_a_text_there_is_an_error(pattern):
    assert grep_transcript(LINES, pattern).startswith("Error: grep_transcript needs")


def test_a_pattern_of_thousands_of_characters_is_an_error():
    assert grep_transcript(LINES, "x" * 1_001).startswith("Error: the pattern has 1001 characters")


def test_of_a_long_message_the_surroundings_of_five_hits_are_shown():
    line = "#1 user: " + ("." * 1_000 + "needle") * 9
    *hits, more = grep_transcript([line], "needle").splitlines()

    assert len(hits) == 5
    assert all(hit.startswith("#1 user: ...") and "needle" in hit and len(hit) <= 240 for hit in hits)
    assert more == "  ... more hits in #1"


def test_of_more_than_twenty_messages_the_rest_is_counted_and_named():
    many = [f"#{n} user: needle" for n in range(1, 31)]
    shown = grep_transcript(many, "needle").splitlines()

    assert shown[:20] == many[:20]
    assert shown[20] == "... 10 more messages match: #21, #22, #23, #24, #25, #26, #27, #28, #29, #30"


def test_too_many_hits_are_cut_with_a_notice():
    many = [f"#{n} user: " + ("ä" * 500 + "needle") * 6 for n in range(1, 21)]
    shown = grep_transcript(many, "needle")

    assert len(shown.encode()) <= LIMIT + ROOM_FOR_NOTICE
    assert shown.splitlines()[-1].startswith("[TRUNCATED]")
    assert "#20 user" in shown


@given(lines, anything | st.sampled_from(["u", "|", "r:", '"']))
def test_searching_never_raises_and_keeps_its_limit(lines, pattern):
    assert len(grep_transcript(lines, pattern).encode("utf-8", "surrogatepass")) <= LIMIT + ROOM_FOR_NOTICE
