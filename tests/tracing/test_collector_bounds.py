"""The collector's memory is bounded (judge part, 10.2)."""

from __future__ import annotations

import pytest
from opentelemetry.trace import set_span_in_context

from scenario._tracing import JudgeSpanCollector, span_index

from .span_helpers import THREAD, names, provider_with


@pytest.fixture
def collector():
    return JudgeSpanCollector()


@pytest.fixture
def tracer(collector):
    return provider_with(collector).get_tracer("app")


def size_of(collector) -> int:
    return len(collector._index._nodes)


def test_a_thread_keeps_the_newest_20000_spans_and_counts_the_others(collector, tracer):
    for number in range(20_003):
        tracer.start_span(str(number), attributes={THREAD: "t"}).end()

    kept = names(collector.get_spans_for_thread("t"))
    assert len(kept) == 20_000
    assert (kept[0], kept[-1]) == ("3", "20002")
    assert collector.dropped_spans("t") == 3
    assert size_of(collector) == 20_000


def test_a_thread_within_its_bound_has_dropped_nothing(collector, tracer):
    tracer.start_span("one", attributes={THREAD: "t"}).end()

    assert collector.dropped_spans("t") == 0
    assert collector.dropped_spans("unknown") == 0


def test_spans_without_a_thread_are_kept_in_a_ring_of_2000(collector, tracer):
    for _ in range(2_100):
        tracer.start_span("unrelated").end()

    assert size_of(collector) == 2_000


def test_the_ring_does_not_touch_the_spans_of_threads(collector, tracer):
    tracer.start_span("mine", attributes={THREAD: "t"}).end()
    for _ in range(2_100):
        tracer.start_span("unrelated").end()

    assert names(collector.get_spans_for_thread("t")) == ["mine"]


def test_a_span_that_gets_its_thread_late_leaves_the_ring(collector, tracer):
    with tracer.start_as_current_span("request") as request:
        tracer.start_span("child").end()
        request.set_attribute(THREAD, "t")
    for _ in range(2_100):
        tracer.start_span("unrelated").end()

    assert names(collector.get_spans_for_thread("t")) == ["child", "request"]


def test_children_in_the_ring_of_a_span_that_stays_open_are_forgotten_like_others(collector, tracer):
    with tracer.start_as_current_span("whole session") as session:
        for _ in range(2_100):
            tracer.start_span("unrelated").end()
        session.set_attribute(THREAD, "t")

    assert len(collector.get_spans_for_thread("t")) == 2_001
    collector.clear_spans_for_thread("t")
    assert size_of(collector) == 0
    assert not collector._index._children
    assert not collector._index._traces


def test_a_span_of_two_threads_stays_with_the_one_that_has_room(collector, tracer, monkeypatch):
    monkeypatch.setattr(span_index, "MAX_SPANS_OF_THREAD", 2)
    with tracer.start_as_current_span("run", attributes={THREAD: "run"}):
        tracer.start_span("both", attributes={THREAD: "app"}).end()
        tracer.start_span("second").end()
        tracer.start_span("third").end()

    assert names(collector.get_spans_for_thread("run")) == ["third", "run"]
    assert names(collector.get_spans_for_thread("app")) == ["both"]


def test_spans_that_never_end_are_bounded(collector, tracer, monkeypatch):
    monkeypatch.setattr(span_index, "MAX_OPEN_SPANS", 5)
    leaked = [tracer.start_span("leaked") for _ in range(9)]

    assert size_of(collector) == 5
    leaked[0].end()
    assert size_of(collector) == 6


def test_threads_that_nobody_clears_are_bounded(collector, tracer, monkeypatch):
    monkeypatch.setattr(span_index, "MAX_THREADS", 3)
    for number in range(5):
        tracer.start_span("conversation", attributes={THREAD: f"app {number}"}).end()

    assert [len(collector.get_spans_for_thread(f"app {number}")) for number in range(5)] == [0, 0, 1, 1, 1]
    assert size_of(collector) == 3


def test_what_is_remembered_of_cleared_threads_is_bounded(collector, tracer, monkeypatch):
    monkeypatch.setattr(span_index, "MAX_CLEARED", 4)
    for number in range(9):
        tracer.start_span("call", attributes={THREAD: f"run {number}"}).end()
        collector.clear_spans_for_thread(f"run {number}")

    assert len(collector._index._cleared) == 4


def test_a_long_chain_needs_no_recursion(collector, tracer):
    spans = [tracer.start_span("0")]
    for number in range(1, 3_000):
        spans.append(tracer.start_span(str(number), context=set_span_in_context(spans[-1])))
    spans[0].set_attribute(THREAD, "t")
    for span in spans:
        span.end()

    assert len(collector.get_spans_for_thread("t")) == 3_000
