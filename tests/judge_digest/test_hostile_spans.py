"""No span and no argument of a model makes the judge fail."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import StatusCode

from scenario._judge.digest import expand_trace, grep_trace, judge_span_digest_formatter

from .recorded_spans import hand_made


class Raises:
    """Every field raises."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


class BrokenMapping(dict[str, object]):
    def items(self):
        raise RuntimeError("changed while it was read")


HUGE = 10**5000
SPANS = [
    None,
    object(),
    Raises(),
    SimpleNamespace(),
    ReadableSpan("bare"),
    ReadableSpan("no attributes", attributes=None, events=None),
    hand_made(name=None),
    hand_made(name=""),
    hand_made(name=17),
    hand_made(name="\ud800\x00\n"),
    hand_made(context="abc"),
    hand_made(context=SimpleNamespace(trace_id="x", span_id=1.5)),
    hand_made(context=SimpleNamespace(trace_id=-1, span_id=-1)),
    hand_made(context=SimpleNamespace(trace_id=HUGE, span_id=HUGE)),
    hand_made(parent=SimpleNamespace()),
    hand_made(parent=SimpleNamespace(span_id=HUGE)),
    hand_made(start_time=None),
    hand_made(start_time=None, end_time=None),
    hand_made(start_time="now", end_time=[]),
    hand_made(start_time=float("nan"), end_time=float("inf")),
    hand_made(start_time=1.5, end_time=2.5),
    hand_made(start_time=-1, end_time=HUGE),
    hand_made(start_time=2**64 - 1, end_time=0),
    hand_made(attributes=None),
    hand_made(attributes=[("a", 1)]),
    hand_made(attributes=BrokenMapping(a=1)),
    hand_made(attributes=Raises()),
    hand_made(attributes={1: 2, None: None, ("a",): object(), "raises": Raises(), "": "", "é\n": {1, 2}}),
    hand_made(attributes={"gen_ai.usage.input_tokens": HUGE, "gen_ai.usage.output_tokens": -3}),
    hand_made(attributes={"a": HUGE, "b": b"\xff" * 2000, "c": {"d": {b"e": float("inf")}}}),
    hand_made(events=None),
    hand_made(events=17),
    hand_made(events=[None, Raises(), Event("ok", {"a": 1}), SimpleNamespace(name=3, attributes=4)]),
    hand_made(status=None),
    hand_made(status=SimpleNamespace(status_code="ERROR")),
    hand_made(status=SimpleNamespace(status_code=StatusCode.ERROR, description=b"bytes")),
    hand_made(status=SimpleNamespace(status_code=StatusCode.ERROR)),
]


def everything(spans: list[object]) -> list[str]:
    return [
        judge_span_digest_formatter.format(spans),
        judge_span_digest_formatter.format_structure_only(spans),
        judge_span_digest_formatter.digest(spans, 20).text,
        expand_trace(spans, ["0000", "a100", "ffff"]),
        grep_trace(spans, "a"),
        grep_trace(spans, "nowhere to be found"),
    ]


@pytest.mark.parametrize("span", SPANS, ids=range(len(SPANS)))
def test_a_span_of_any_kind_is_shown(span):
    full = everything([span])[0]

    assert full.startswith("Spans: 1 | Total Duration: ")
    assert full.encode()


def test_all_of_them_together():
    full, structure, *_ = everything(SPANS)

    assert full.startswith(f"Spans: {len(SPANS)} | ")
    assert structure.startswith(f"Spans: {len(SPANS)} | ")


@pytest.mark.parametrize(
    "argument",
    [
        None,
        0,
        -1.5,
        HUGE,
        float("inf"),
        True,
        b"abcd",
        object(),
        Raises(),
        {"a": [1]},
        {1, 2},
        [[[[["abcd"]]]]],
        ["abcd", None, 5, {"x": 1}, [True]],
        ["ffff"] * 200_000,
        "f" * 1_000_000,
        "ffff," * 300_000,
        "\ud800\x00",
        "[" * 100_000,
        "|" * 900,
    ],
    ids=range(19),
)
def test_arguments_of_any_kind_give_a_bounded_answer(argument):
    span = hand_made(attributes={"text": "abcd " * 10_000})

    for text in (expand_trace([span], argument), grep_trace([span], argument)):
        assert isinstance(text, str)
        assert len(text.encode()) < 17_000


def test_a_list_nested_a_hundred_thousand_times_is_read():
    nested: list[object] = ["a100"]
    for _ in range(100_000):
        nested = [nested]

    assert expand_trace([hand_made()], nested).startswith("[a1000000]")
