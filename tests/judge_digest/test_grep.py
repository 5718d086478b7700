"""The tool that searches all spans."""

from __future__ import annotations

import pytest

from scenario._judge.digest import grep_trace

from .recorded_spans import Recorder, hand_made, one_span

LIMIT = 16_384
NOTICE = "[TRUNCATED]"


@pytest.fixture
def spans():
    recorder = Recorder()
    recorder.span("later", "bb", at=50, lasts=1500, attributes={"langwatch.output": "A Refund was made"})
    recorder.span(
        "refund order",
        "aa",
        at=10,
        attributes={"order.id": 4711, "refund.reason": "late"},
        events=[("Refund sent", {"amount": "12 refund points"}), ("done", {"how": "well"})],
    )
    recorder.span("later", "cc", at=90)
    return recorder.spans


def test_hits_in_names_attributes_events_and_their_attributes(spans):
    assert grep_trace(spans, "refund") == (
        "--- [aa000000] refund order (100ms) ---\n"
        "  refund order\n"
        "  refund.reason: late\n"
        "  [event] Refund sent\n"
        "    amount: 12 refund points\n"
        "\n"
        "--- [bb000000] later (1.50s) ---\n"
        "  output: A Refund was made"
    )


@pytest.mark.parametrize("pattern", ["REFUND WAS", "refund was", "t: A Refund", "output: a"])
def test_case_makes_no_difference(spans, pattern):
    assert grep_trace(spans, pattern) == "--- [bb000000] later (1.50s) ---\n  output: A Refund was made"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("ÉTÉ À PARIS", "été"),
        ("ΟΔΟΣ ΣΙΓΜΑ", "οδος"),
        ("οδός", "ΟΔΌΣ"),
        ("İstanbul", "istanbul"),
        ("x" * 400 + "İİİ needle", "NEEDLE"),
        ("two\nlines", "two\nlines"),
        ("a\\b", "a\\b"),
        ('{"name":"tea"}', '"name": "tea"'),
        ("weird .* text", ".*"),
        ("(unclosed", "(unclosed"),
    ],
)
def test_patterns_are_literals_of_any_script(text, pattern):
    assert grep_trace(one_span(key=text), pattern).startswith("--- [a1000000] work")


@pytest.mark.parametrize("pattern", ["ref.nd", "re(fund", "refund$", "[a-z]+"])
def test_a_pattern_is_no_regular_expression(spans, pattern):
    assert "No matches found" in grep_trace(spans, pattern)


def test_a_number_is_searched_as_text(spans):
    assert grep_trace(spans, 4711) == "--- [aa000000] refund order (100ms) ---\n  order.id: 4711"


def test_without_a_hit_the_names_are_listed_once_each(spans):
    text = grep_trace(spans, "booking")

    assert "No matches found for 'booking'" in text
    assert text.endswith("refund order, later")


@pytest.mark.parametrize("pattern", ["late|4711", "nothing | 4711 | late", "|4711||LATE|"])
def test_alternatives_are_searched_where_the_whole_has_no_hit(spans, pattern):
    lines = grep_trace(spans, pattern).splitlines()

    assert lines[:3] == [
        "--- [aa000000] refund order (100ms) ---",
        "  order.id: 4711",
        "  refund.reason: late",
    ]


def test_a_vertical_bar_that_is_there_is_searched_as_it_is():
    recorder = Recorder()
    recorder.span("one", "a1", attributes={"text": "left|right"})
    recorder.span("two", "a2", attributes={"text": "right"})

    assert "two" not in grep_trace(recorder.spans, "left|right")


@pytest.mark.parametrize("pattern", ["|", " | "])
def test_bars_alone_find_nothing(spans, pattern):
    assert "No matches found" in grep_trace(spans, pattern)


@pytest.mark.parametrize(
    "pattern", ["", "   ", "\n", None, [], ["refund"], {"pattern": "refund"}, True, float("nan"), 10**4000]
)
def test_what_is_no_text_is_an_error(spans, pattern):
    assert grep_trace(spans, pattern).startswith("Error:")


def test_a_huge_pattern_is_an_error(spans):
    text = grep_trace(spans, "x" * 1_000_000)

    assert text.startswith("Error:")
    assert len(text) < 200


def test_no_spans():
    assert grep_trace([], "refund") == "No spans recorded."
    assert grep_trace([], "") == "No spans recorded."


def test_a_long_line_is_cut_to_240_characters_around_the_hit():
    line = grep_trace(one_span(key="a" * 5_000 + "needle" + "b" * 5_000), "needle").splitlines()[1]

    assert line.startswith("  key: ...aaa")
    assert "aneedleb" in line
    assert line.endswith("b...")
    assert len(line) == 2 + 240


@pytest.mark.parametrize("text", ["needle" + "b" * 5_000, "a" * 5_000 + "needle", "needle" * 900])
def test_hits_at_the_ends_of_a_long_line_are_shown(text):
    line = grep_trace(one_span(key=text), "needle").splitlines()[1]

    assert "needle" in line
    assert line.startswith("  key: ")
    assert len(line) <= 2 + 240


def test_a_hit_in_a_long_key_is_shown():
    span = hand_made(attributes={"k" * 500 + "needle" + "k" * 500: 1})

    assert "needle" in grep_trace([span], "needle").splitlines()[1]


def test_five_lines_per_span_and_a_count():
    span = hand_made(attributes={f"key{n}": "needle" for n in range(9)})

    lines = grep_trace([span], "needle").splitlines()

    assert lines[1:] == [*(f"  key{n}: needle" for n in range(5)), "  ... 4 more lines match"]


def test_twenty_spans_and_a_count():
    recorder = Recorder()
    for position in range(33):
        recorder.span("needle", f"{position + 1:08x}", at=position)

    lines = grep_trace(recorder.spans, "needle").splitlines()

    assert sum(line.startswith("--- [") for line in lines) == 20
    assert lines[-1] == "... 13 more spans match"


@pytest.mark.parametrize("letter", ["a", "é", "日", "🎉"])
def test_long_lines_leave_room_for_all_twenty_spans(letter):
    value = letter * 3_000 + "needle" + letter * 3_000
    recorder = Recorder()
    for position in range(25):
        recorder.span(
            letter * 2_000, f"{position + 1:08x}", attributes={f"key{number}": value for number in range(12)}
        )

    text = grep_trace(recorder.spans, "needle")

    assert text.count("--- [") == 20
    assert text.count("needle") >= 20
    assert "... 5 more spans match" in text
    assert text.splitlines()[-1].startswith(NOTICE)
    assert len(text.partition(NOTICE)[0].encode()) <= LIMIT


def test_the_names_are_bounded():
    recorder = Recorder()
    for position in range(5_000):
        recorder.span(f"name {position}", f"{position + 1:08x}")

    text = grep_trace(recorder.spans, "needle")

    assert "name 0, name 1, " in text
    assert text.endswith(" more")
    assert len(text) <= LIMIT


def test_the_answer_to_a_long_pattern_without_a_hit_is_bounded():
    recorder = Recorder()
    for position in range(2_000):
        recorder.span(f"name {position}", f"{position + 1:08x}")

    assert len(grep_trace(recorder.spans, "\U000e0001" * 1_000)) <= LIMIT
