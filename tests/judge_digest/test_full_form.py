"""The full form, byte for byte."""

from __future__ import annotations

import pytest

from scenario._judge.digest import judge_span_digest_formatter

from .recorded_spans import Recorder, hand_made, ms, one_span

format = judge_span_digest_formatter.format


def test_without_spans():
    assert format([]) == "No spans recorded."
    assert format([], dropped=3) == "No spans recorded."


def test_a_small_forest():
    recorder = Recorder()
    recorder.span("agent", "aa", at=0, lasts=2500, attributes={"langwatch.span.type": "agent"})
    recorder.span("search", "ab", "aa", at=100, lasts=400, attributes={"query": "flights", "limit": 3})
    recorder.span(
        "chat gpt",
        "ac",
        "aa",
        at=600,
        lasts=1234,
        attributes={"gen_ai.usage.input_tokens": 40, "gen_ai.usage.output_tokens": 2},
        events=[("retry", {"reason": "429"})],
    )
    recorder.span("http", "ad", "ab", at=200, lasts=0.4, error="no route")
    recorder.span("later", "ae", at=3000, lasts=None, error="")

    assert format(recorder.spans) == (
        "Spans: 5 | Total Duration: 2.50s\n"
        "\n"
        "[aa000000] 2026-01-01T00:00:00.000Z agent (2.50s)\n"
        "    span.type: agent\n"
        "\n"
        "├── [ab000000] 2026-01-01T00:00:00.100Z search (400ms)\n"
        "│       query: flights\n"
        "│       limit: 3\n"
        "\n"
        "│   └── [ad000000] 2026-01-01T00:00:00.200Z http (0ms) ⚠️ ERROR: no route\n"
        "\n"
        "└── [ac000000] 2026-01-01T00:00:00.600Z chat gpt (1.23s, 42 tokens)\n"
        "        gen_ai.usage.input_tokens: 40\n"
        "        gen_ai.usage.output_tokens: 2\n"
        "        [event] retry\n"
        "          reason: 429\n"
        "\n"
        "[ae000000] 2026-01-01T00:00:03.000Z later (running) ⚠️ ERROR: unknown\n"
        "\n"
        "=== ERRORS ===\n"
        "- http: no route\n"
        "- later: unknown error"
    )


def test_spans_stand_in_order_of_their_start_and_equal_starts_as_they_came():
    recorder = Recorder()
    for name, start in (("late", 9), ("first", 1), ("second", 1)):
        recorder.span(name, name.encode().hex()[:8], at=start)

    lines = [line for line in format(recorder.spans).splitlines() if line.startswith("[")]

    assert [line.split()[2] for line in lines] == ["first", "second", "late"]


def test_dropped_spans_are_named_at_the_end_of_the_header():
    header = format(one_span(), dropped=7).splitlines()[0]

    assert header == "Spans: 1 | Total Duration: 100ms | 7 older spans dropped"


@pytest.mark.parametrize(
    ("lasts", "text"),
    [(0, "0ms"), (1.6, "2ms"), (999, "999ms"), (1000, "1.00s"), (1005, "1.00s"), (61_238, "61.24s")],
)
def test_durations(lasts, text):
    assert f"work ({text})" in format([hand_made(end_time=ms(0) + int(lasts * 1_000_000))])


def test_the_total_runs_from_the_first_start_to_the_latest_end():
    recorder = Recorder()
    recorder.span("long", "aa", at=0, lasts=5000)
    recorder.span("short", "ab", at=100, lasts=10)
    recorder.span("open", "ac", at=9000, lasts=None)

    assert "Total Duration: 5.00s" in format(recorder.spans)


def test_only_open_spans_have_no_total():
    recorder = Recorder()
    recorder.span("open", "ac", lasts=None)

    assert "Total Duration: running" in format(recorder.spans)


def test_an_end_before_the_start_is_no_negative_duration():
    assert "Total Duration: 0ms" in format([hand_made(end_time=ms(-500))])
    assert "work (0ms)" in format([hand_made(end_time=ms(-500))])


@pytest.mark.parametrize(
    ("attributes", "tokens"),
    [
        ({"gen_ai.usage.input_tokens": 5}, ", 5 tokens"),
        ({"gen_ai.usage.output_tokens": 7}, ", 7 tokens"),
        ({"gen_ai.usage.input_tokens": 0}, ", 0 tokens"),
        ({"gen_ai.usage.input_tokens": 2.6, "gen_ai.usage.output_tokens": 1}, ", 4 tokens"),
        ({"gen_ai.usage.input_tokens": "many", "gen_ai.usage.output_tokens": 3}, ", 3 tokens"),
        ({"gen_ai.usage.input_tokens": float("nan")}, ""),
        ({"gen_ai.usage.input_tokens": float("inf")}, ""),
        ({"gen_ai.usage.input_tokens": True}, ""),
        ({"gen_ai.usage.input_tokens": "12"}, ""),
        ({}, ""),
    ],
)
def test_token_counts(attributes, tokens):
    span = hand_made(attributes=attributes)

    assert f"work (100ms{tokens})" in format([span])
    assert f"work (100ms{tokens})" in judge_span_digest_formatter.format_structure_only([span])


def test_equal_beginnings_of_ids_are_told_apart_by_longer_ones():
    recorder = Recorder()
    for id in ("1234567890a", "1234567890b", "12345678ff", "ffff"):
        recorder.span("work", id)

    shown = [line[1 : line.index("]")] for line in format(recorder.spans).splitlines() if line[:1] == "["]

    assert shown == ["1234567890a", "1234567890b", "12345678f", "ffff0000"]
