"""The structure-only form and its bound."""

from __future__ import annotations

import re

import pytest

from scenario._judge.digest import DEFAULT_TOKEN_THRESHOLD, judge_span_digest_formatter
from scenario._tokens import estimate_tokens

from .recorded_spans import Recorder, context, hand_made, ms, number

structure = judge_span_digest_formatter.format_structure_only


def many(count: int, name: str = "step {}", *, error: str | None = None) -> list[object]:
    recorder = Recorder()
    recorder.span("root", "ff", lasts=count)
    for position in range(count):
        recorder.span(name.format(position), f"{position + 1:08x}", "ff", at=position, error=error)
    return recorder.spans


def test_without_spans():
    assert structure([]) == "No spans recorded."


def test_span_lines_and_errors_without_attributes_and_events():
    recorder = Recorder()
    recorder.span(
        "agent", "aa", attributes={"gen_ai.usage.input_tokens": 9}, events=[("log", {"text": "hello"})]
    )
    recorder.span("search", "ab", "aa", at=10, lasts=20, attributes={"query": "tea"}, error="timeout")

    assert structure(recorder.spans, dropped=2) == (
        "Spans: 2 | Total Duration: 100ms | 2 older spans dropped\n"
        "\n"
        "[aa000000] 2026-01-01T00:00:00.000Z agent (100ms, 9 tokens)\n"
        "\n"
        "└── [ab000000] 2026-01-01T00:00:00.010Z search (20ms) ⚠️ ERROR: timeout\n"
        "\n"
        "=== ERRORS ===\n"
        "- search: timeout"
    )


def test_three_alike_siblings_share_a_line():
    assert structure(many(3, "poll")).splitlines()[4:] == [
        "└── [00000001] to [00000003] 2026-01-01T00:00:00.000Z poll (3 spans)"
    ]


def test_two_alike_siblings_do_not():
    assert structure(many(2, "poll")).count("poll (100ms)") == 2


def test_roots_are_siblings():
    recorder = Recorder()
    for position in range(4):
        recorder.span("poll", f"a{position}", at=position)

    assert "[a0000000] to [a3000000] 2026-01-01T00:00:00.000Z poll (4 spans)" in structure(recorder.spans)


def test_only_neighbours_of_one_name_without_error_and_children_share_a_line():
    recorder = Recorder()
    recorder.span("root", "ff")
    for position, name in enumerate(["poll", "poll", "other", "poll", "poll", "poll", "poll", "poll"]):
        recorder.span(name, f"a{position}", "ff", at=position, error="broke" if position == 5 else None)
    recorder.span("child", "b0", "a1", at=99)

    lines = [line for line in structure(recorder.spans).splitlines() if "[" in line]

    assert not [line for line in lines if " spans)" in line]
    assert len(lines) == 10


def test_the_deepest_levels_are_cut_first():
    recorder = Recorder()
    for top in range(4):
        recorder.span(f"top {top}", f"a{top}", at=top * 1000)
        for middle in range(4):
            recorder.span(f"middle {top}{middle}", f"b{top}{middle}", f"a{top}", at=top * 1000 + middle)
            for low in range(20):
                recorder.span(f"low {low}", f"c{top}{middle}{low:02}", f"b{top}{middle}", at=top * 1000 + low)

    text = structure(recorder.spans, 512)

    assert text.count("top ") == 4
    assert text.count("middle ") == 16
    assert 0 < text.count("low ") < 20
    assert estimate_tokens(text) <= 512


def test_what_is_cut_is_counted():
    spans = many(2_000)

    text = structure(spans, 512)

    shown = text.count(" step ")
    assert f"root (2.00s) (+{2_000 - shown} below)" in text
    assert f"... {2_000 - shown} spans are not shown" in text


def test_a_level_is_cut_evenly():
    recorder = Recorder()
    for top in range(6):
        recorder.span(f"top {top}", f"a{top}", at=top * 1000)
        for low in range(50):
            recorder.span(f"low {top}.{low}", f"c{top}{low:02}", f"a{top}", at=top * 1000 + low)

    text = structure(recorder.spans, 512)

    counts = [len(re.findall(rf"low {top}\.", text)) for top in range(6)]
    assert sum(counts) > 6
    assert max(counts) - min(counts) <= 1


def test_failed_spans_and_their_ancestors_outlast_the_others():
    spans = many(5_000)
    recorder = Recorder()
    recorder.span("deep", "e1", "00001388", at=6000)
    recorder.span("deeper", "e2", "e1", at=6001, error="the reason")

    text = structure([*spans, *recorder.spans])

    names = re.findall(r"\] \S+ ([a-z]+(?: \d+)?) \(", text)
    assert {"root", "step 4999", "deep", "deeper"} <= set(names)
    assert estimate_tokens(text) <= DEFAULT_TOKEN_THRESHOLD


def test_at_most_50_errors_are_listed():
    listed = structure(many(60, error="broke"), 100_000).partition("=== ERRORS ===")[2].splitlines()

    assert listed[1] == "- step 0: broke"
    assert listed[50] == "- step 49: broke"
    assert listed[51:] == ["... and 10 more errors"]


@pytest.mark.parametrize("threshold", [-1, 0, 512, 2000, DEFAULT_TOKEN_THRESHOLD])
@pytest.mark.parametrize(
    "spans",
    [
        many(5_000),
        many(5_000, error="broke " * 500),
        many(3_000, "日本語" * 300 + "{}"),
        [hand_made(name=f"{n}" + "x" * 100_000, context=context(number(f"a{n:04}"))) for n in range(100)],
        [
            hand_made(
                context=context(n + 1), parent=context(n) if n else None, name=f"n{n}", start_time=ms(n)
            )
            for n in range(5_000)
        ],
    ],
    ids=["wide", "failed", "other script", "long names", "chain"],
)
def test_the_bound_holds(spans, threshold):
    text = structure(spans, threshold)

    assert estimate_tokens(text) <= max(threshold, 512)
    assert text.count("\n") > 4


def test_the_bound_is_used():
    assert estimate_tokens(structure(many(5_000))) > 0.9 * DEFAULT_TOKEN_THRESHOLD


def test_what_fits_is_shown_whole():
    spans = many(200)

    assert structure(spans).count(" step ") == 200
    assert "not shown" not in structure(spans)


def test_the_structure_is_shown_where_the_full_form_is_longer_than_the_threshold():
    spans = many(20)
    full = judge_span_digest_formatter.format(spans)
    tokens = estimate_tokens(full)

    assert judge_span_digest_formatter.digest(spans, tokens) == (full, False)
    assert judge_span_digest_formatter.digest(spans, tokens - 1) == (structure(spans, tokens - 1), True)
    assert judge_span_digest_formatter.digest([], 0) == ("No spans recorded.", False)
