"""What holds for every forest."""

from __future__ import annotations

import re
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import StatusCode

from scenario._judge.digest import expand_trace, grep_trace, judge_span_digest_formatter
from scenario._tokens import estimate_tokens

from .recorded_spans import context, hand_made

LIMIT = 16_384
NOTICE = "[TRUNCATED]"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
attributes = st.dictionaries(
    st.text(max_size=20) | st.sampled_from(["api_key", "langwatch.input", "input"]), values, max_size=4
)
# Few different ids, so that parents are found, circles close and ids occur twice.
ids = st.sampled_from([0x1234567800000000 + n for n in range(6)]) | st.integers(1, 12)
statuses = st.sampled_from(
    [SimpleNamespace(status_code=code, description="why\nso") for code in (StatusCode.OK, StatusCode.ERROR)]
)
spans = st.builds(
    lambda id, parent, **fields: hand_made(
        context=context(id), parent=None if parent is None else context(parent), **fields
    ),
    ids,
    st.none() | ids,
    name=st.text(max_size=30) | st.just("poll"),
    start_time=st.none() | st.integers(0, 10**18),
    end_time=st.none() | st.integers(0, 10**18),
    attributes=attributes,
    events=st.lists(st.builds(SimpleNamespace, name=st.text(max_size=10), attributes=attributes), max_size=2),
    status=statuses,
)
forests = st.lists(spans, max_size=25)

SPAN_LINE = re.compile(r"^(?:│   |    )*(?:├── |└── )?\[([0-9a-f]{8,16})\] \S+ ", re.MULTILINE)


@given(forests)
def test_every_span_stands_exactly_once_in_the_full_form(forest):
    text = judge_span_digest_formatter.format(forest)

    shown = SPAN_LINE.findall(text)
    wanted = [f"{span.context.span_id:016x}" for span in forest]
    assert len(shown) == len(wanted)
    assert sorted(id for short in shown for id in set(wanted) if id.startswith(short)) == sorted(wanted)


@given(forests)
def test_lines_are_a_header_spans_their_details_blanks_and_errors(forest):
    text = judge_span_digest_formatter.format(forest)

    details = sum(
        len(span.attributes) + sum(1 + len(event.attributes) for event in span.events) for span in forest
    )
    failed = sum(span.status.status_code is StatusCode.ERROR for span in forest)
    expected = 1 + 2 * len(forest) + details + (2 + failed if failed else 0)
    assert len(text.splitlines()) == expected


@given(forests, st.integers(-1, 3_000))
def test_the_structure_stays_within_its_bound(forest, threshold):
    text = judge_span_digest_formatter.format_structure_only(forest, threshold)

    assert estimate_tokens(text) <= max(threshold, 512)


@given(forests, st.integers(0, 3_000))
def test_a_digest_is_the_full_form_or_within_its_bound(forest, threshold):
    digest = judge_span_digest_formatter.digest(forest, threshold)
    full = judge_span_digest_formatter.format(forest)

    assert digest.structure_only == (estimate_tokens(full) > threshold and bool(forest))
    assert digest.structure_only or digest.text == full


arguments = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["1234", "0000"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(forests, arguments)
def test_the_tools_answer_within_their_bounds(forest, argument):
    for text in (expand_trace(forest, argument), grep_trace(forest, argument)):
        assert len(text.partition(NOTICE)[0].encode()) <= LIMIT


@given(forests, arguments)
def test_equal_questions_get_equal_answers(forest, argument):
    assert expand_trace(forest, argument) == expand_trace(forest, argument)
    assert grep_trace(forest, argument) == grep_trace(forest, argument)


@given(st.lists(spans, min_size=1, max_size=25))
def test_a_shown_id_expands_to_its_span(forest):
    for short in set(SPAN_LINE.findall(judge_span_digest_formatter.format(forest))):
        expanded = SPAN_LINE.findall(expand_trace(forest, short))
        assert set(expanded) == {short}
