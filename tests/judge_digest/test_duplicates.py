"""Long strings that occur again are shown once."""

from __future__ import annotations

import json

import pytest

from scenario._judge.digest import expand_trace, judge_span_digest_formatter

from .recorded_spans import Recorder

LONG = "The quick brown fox jumps over the lazy dog, twice."
MARKER = "[DUPLICATE - SEE ABOVE]"


def digest(*values: object, key: str = "input") -> list[str]:
    """The attribute lines of spans that hold one value each."""
    recorder = Recorder()
    for position, value in enumerate(values):
        recorder.span("work", f"a{position}", at=position, attributes={f"langwatch.{key}": value})
    return [
        line.strip()
        for line in judge_span_digest_formatter.format(recorder.spans).splitlines()
        if line[:4] == "    "
    ]


def test_the_second_occurrence_names_the_first():
    assert digest(LONG, LONG) == [f"input: {LONG}", f"input: {MARKER} (see a0000000 input)"]


def test_a_string_of_50_characters_is_long_and_one_of_49_is_not():
    assert MARKER in digest("x" * 50, "x" * 50)[1]
    assert digest("x" * 49, "x" * 49)[1] == f"input: {'x' * 49}"


def test_a_string_within_json_refers_to_one_outside():
    first, second = digest(LONG, json.dumps({"messages": [{"content": LONG}]}))

    assert first == f"input: {LONG}"
    assert second == f'input: {{"messages": [{{"content": "{MARKER}"}}]}} (see a0000000 input)'


def test_several_references_are_named_once_each():
    other = LONG[::-1]
    lines = digest(LONG, other, json.dumps([LONG, other, LONG]))

    assert lines[2] == f'input: ["{MARKER}", "{MARKER}", "{MARKER}"] (see a0000000 input, a1000000 input)'


def test_many_references_are_counted():
    texts = [f"{LONG} {number}" for number in range(8)]

    assert digest(*texts, json.dumps(texts))[8].endswith(" input, 3 more)")


def test_a_repetition_within_one_value_counts_too():
    assert digest(json.dumps([LONG, LONG])) == [f'input: ["{LONG}", "{MARKER}"] (see a0000000 input)']


@pytest.mark.parametrize(
    "again", [LONG.replace(" ", "  \n"), LONG.replace(" ", r"\n"), LONG.replace(" ", r" \r\t "), f" {LONG}\n"]
)
def test_white_space_and_its_escapes_make_no_difference(again):
    assert digest(LONG, again)[1].startswith(f"input: {MARKER}")


def test_case_makes_a_difference():
    assert digest(LONG, LONG.upper())[1] == f"input: {LONG.upper()}"


def test_event_attributes_take_part():
    recorder = Recorder()
    recorder.span("work", "a1", attributes={"output": LONG}, events=[("log", {"message": LONG})])

    text = judge_span_digest_formatter.format(recorder.spans)

    assert f"      message: {MARKER} (see a1000000 output)" in text


def test_each_digest_has_a_memory_of_its_own():
    assert digest(LONG, LONG) == digest(LONG, LONG)


def test_a_redacted_value_is_not_remembered():
    recorder = Recorder()
    recorder.span("work", "a1", attributes={"password": LONG, "text": LONG})

    assert f"    text: {LONG}" in judge_span_digest_formatter.format(recorder.spans)


def test_expand_trace_repeats_what_was_there_before():
    recorder = Recorder()
    recorder.span("one", "a1", attributes={"text": LONG})
    recorder.span("two", "a2", attributes={"text": LONG})

    assert expand_trace(recorder.spans, ["a100", "a200"]).count(LONG) == 2
