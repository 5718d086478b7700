"""Clearing a thread (judge part, 10.2)."""

from __future__ import annotations

import pytest
from opentelemetry import baggage
from opentelemetry.context import Context
from opentelemetry.trace import set_span_in_context

from scenario._tracing import JudgeSpanCollector

from .span_helpers import THREAD, names, provider_with


@pytest.fixture
def collector():
    return JudgeSpanCollector()


@pytest.fixture
def tracer(collector):
    return provider_with(collector).get_tracer("app")


def size_of(collector) -> int:
    return len(collector._index._nodes)


def test_clearing_removes_every_span_of_the_threads_traces_turn_roots_included(collector, tracer):
    with tracer.start_as_current_span("Scenario Turn"):
        tracer.start_span("call", attributes={THREAD: "t"}).end()
        tracer.start_span("sibling").end()
    collector.clear_spans_for_thread("t")

    assert collector.get_spans_for_thread("t") == []
    assert size_of(collector) == 0


def test_clearing_leaves_other_threads_and_unrelated_spans_alone(collector, tracer):
    tracer.start_span("mine", attributes={THREAD: "t"}).end()
    tracer.start_span("other", attributes={THREAD: "u"}).end()
    tracer.start_span("unrelated").end()
    collector.clear_spans_for_thread("t")

    assert names(collector.get_spans_for_thread("u")) == ["other"]
    assert size_of(collector) == 2


def test_clearing_leaves_another_thread_in_the_same_trace_alone(collector, tracer):
    with tracer.start_as_current_span("session"):
        tracer.start_span("mine", attributes={THREAD: "t"}).end()
        tracer.start_span("other", attributes={THREAD: "u"}).end()
        collector.clear_spans_for_thread("t")
        tracer.start_span("next of other", attributes={THREAD: "u"}).end()

    assert names(collector.get_spans_for_thread("u")) == ["other", "next of other"]


def test_spans_that_are_open_when_the_thread_is_cleared_are_dropped(collector, tracer):
    with tracer.start_as_current_span("Scenario Turn"):
        call = tracer.start_span("call", attributes={THREAD: "t"})
        child = tracer.start_span("child", context=set_span_in_context(call))
        collector.clear_spans_for_thread("t")
    child.end()
    call.end()

    assert collector.get_spans_for_thread("t") == []
    assert size_of(collector) == 0


def test_spans_that_start_later_in_a_cleared_trace_are_dropped(collector, tracer):
    call = tracer.start_span("call", attributes={THREAD: "t"})
    collector.clear_spans_for_thread("t")
    tracer.start_span("left over task", context=set_span_in_context(call)).end()
    tracer.start_span("again", context=set_span_in_context(call), attributes={THREAD: "t"}).end()

    assert collector.get_spans_for_thread("t") == []
    assert size_of(collector) == 0


def test_the_baggage_of_a_cleared_thread_no_longer_counts(collector, tracer):
    tracer.start_span("call", attributes={THREAD: "t"}).end()
    collector.clear_spans_for_thread("t")
    tracer.start_span("left over", context=baggage.set_baggage(THREAD, "t", Context())).end()

    assert collector.get_spans_for_thread("t") == []


def test_a_thread_id_may_be_used_again_in_a_new_trace(collector, tracer):
    tracer.start_span("before", attributes={THREAD: "t"}).end()
    collector.clear_spans_for_thread("t")
    with tracer.start_as_current_span("after", attributes={THREAD: "t"}):
        tracer.start_span("child").end()

    assert names(collector.get_spans_for_thread("t")) == ["child", "after"]


def test_a_new_run_whose_trace_has_the_id_of_a_cleared_one_is_seen(collector, tracer, monkeypatch):
    # The SDK draws ids from the shared `random`; suites that seed it before each test repeat them.
    monkeypatch.setattr(tracer.id_generator, "generate_trace_id", lambda: 7)
    tracer.start_span("first", attributes={THREAD: "run 1"}).end()
    collector.clear_spans_for_thread("run 1")
    with tracer.start_as_current_span("second", attributes={THREAD: "run 2"}):
        tracer.start_span("child").end()

    assert names(collector.get_spans_for_thread("run 2")) == ["child", "second"]


def test_clearing_an_unknown_thread_does_nothing(collector):
    collector.clear_spans_for_thread("never heard of")

    assert size_of(collector) == 0


def test_shutdown_forgets_everything(collector, tracer):
    tracer.start_span("mine", attributes={THREAD: "t"}).end()
    collector.shutdown()

    assert collector.get_spans_for_thread("t") == []
    assert size_of(collector) == 0


def test_flushing_has_nothing_to_do(collector):
    assert collector.force_flush() is True
    assert collector.force_flush(0) is True
