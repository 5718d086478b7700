"""Which spans belong to a thread (judge part, 10.1)."""

from __future__ import annotations

import pytest
from opentelemetry import baggage, trace
from opentelemetry.context import Context

from scenario._tracing import JudgeSpanCollector

from .span_helpers import THREAD, built_span, names, provider_with


@pytest.fixture
def collector():
    return JudgeSpanCollector()


@pytest.fixture
def tracer(collector):
    return provider_with(collector).get_tracer("app")


def test_a_span_with_the_attribute_belongs(collector, tracer):
    tracer.start_span("mine", attributes={THREAD: "t"}).end()
    tracer.start_span("other", attributes={THREAD: "u"}).end()
    tracer.start_span("nobody's").end()

    assert names(collector.get_spans_for_thread("t")) == ["mine"]


def test_every_descendant_belongs(collector, tracer):
    with (
        tracer.start_as_current_span("call", attributes={THREAD: "t"}),
        tracer.start_as_current_span("chain"),
        tracer.start_as_current_span("model"),
    ):
        pass

    assert names(collector.get_spans_for_thread("t")) == ["model", "chain", "call"]


def test_a_parent_and_a_sibling_of_a_member_do_not_belong(collector, tracer):
    with tracer.start_as_current_span("root"):
        tracer.start_span("member", attributes={THREAD: "t"}).end()
        tracer.start_span("sibling").end()

    assert names(collector.get_spans_for_thread("t")) == ["member"]


def test_a_finished_child_of_an_open_span_is_returned(collector, tracer):
    with tracer.start_as_current_span("call", attributes={THREAD: "t"}):
        tracer.start_span("child").end()

        assert names(collector.get_spans_for_thread("t")) == ["child"]


def test_a_child_that_ends_after_its_parent_belongs(collector, tracer):
    with tracer.start_as_current_span("call", attributes={THREAD: "t"}):
        child = tracer.start_span("background")
    child.end()

    assert names(collector.get_spans_for_thread("t")) == ["call", "background"]


def test_a_child_that_starts_after_its_parent_ended_belongs(collector, tracer):
    parent = tracer.start_span("call", attributes={THREAD: "t"})
    parent.end()
    tracer.start_span("late", context=trace.set_span_in_context(parent)).end()

    assert names(collector.get_spans_for_thread("t")) == ["call", "late"]


def test_an_attribute_set_late_covers_the_span_and_its_descendants(collector, tracer):
    with tracer.start_as_current_span("request") as request:
        with tracer.start_as_current_span("chain"):
            tracer.start_span("model").end()
        still_open = tracer.start_span("still open")
        request.set_attribute(THREAD, "t")
        assert collector.get_spans_for_thread("t") == []
    still_open.end()

    assert sorted(names(collector.get_spans_for_thread("t"))) == ["chain", "model", "request", "still open"]


def test_a_span_with_a_thread_of_its_own_belongs_to_its_ancestors_thread_too(collector, tracer):
    with tracer.start_as_current_span("call", attributes={THREAD: "run"}):
        tracer.start_span("agent", attributes={THREAD: "conversation of the app"}).end()

    assert names(collector.get_spans_for_thread("run")) == ["agent", "call"]
    assert names(collector.get_spans_for_thread("conversation of the app")) == ["agent"]


def test_a_span_whose_context_has_the_baggage_belongs(collector, tracer):
    with_baggage = baggage.set_baggage(THREAD, "t", Context())
    tracer.start_span("other process", context=with_baggage).end()
    tracer.start_span("elsewhere", context=Context()).end()

    assert names(collector.get_spans_for_thread("t")) == ["other process"]


def test_the_baggage_of_the_current_context_counts_when_none_is_given(collector, tracer):
    token = trace.context_api.attach(baggage.set_baggage(THREAD, "t"))
    try:
        tracer.start_span("here").end()
    finally:
        trace.context_api.detach(token)

    assert names(collector.get_spans_for_thread("t")) == ["here"]


def test_a_span_whose_parent_came_over_the_wire_belongs_to_the_parents_thread(collector, tracer):
    call = tracer.start_span("call", attributes={THREAD: "t"})
    sent = call.get_span_context()
    remote = trace.SpanContext(sent.trace_id, sent.span_id, is_remote=True, trace_flags=sent.trace_flags)
    received = trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())
    tracer.start_span("server", context=received).end()

    assert names(collector.get_spans_for_thread("t")) == ["server"]


def test_spans_whose_start_was_not_seen_are_related_whatever_the_order_of_their_ends(collector):
    collector.on_end(built_span("grandchild", 3, 2))
    collector.on_end(built_span("child", 2, 1))
    collector.on_end(built_span("root", 1, langwatch__thread__id="t"))

    assert sorted(names(collector.get_spans_for_thread("t"))) == ["child", "grandchild", "root"]


def test_a_cycle_of_parents_ends_the_search(collector):
    collector.on_end(built_span("a", 1, 2))
    collector.on_end(built_span("b", 2, 1, langwatch__thread__id="t"))
    collector.on_end(built_span("its own parent", 3, 3, langwatch__thread__id="t"))

    assert sorted(names(collector.get_spans_for_thread("t"))) == ["a", "b", "its own parent"]


def test_a_cycle_without_a_thread_belongs_to_none(collector):
    collector.on_end(built_span("a", 1, 2))
    collector.on_end(built_span("b", 2, 1))

    assert collector.get_spans_for_thread("t") == []


@pytest.mark.parametrize("value", ["", 7, True])
def test_a_thread_id_that_is_not_text_is_none(collector, value):
    collector.on_end(built_span("odd", 1, langwatch__thread__id=value))

    assert collector.get_spans_for_thread(value) == []


def test_a_span_reported_twice_is_kept_once(collector):
    # An application may have added the collector to its provider itself.
    tracer = provider_with(collector, collector).get_tracer("app")
    with tracer.start_as_current_span("call", attributes={THREAD: "t"}):
        tracer.start_span("child").end()

    assert names(collector.get_spans_for_thread("t")) == ["child", "call"]
    assert not collector._index._open


def test_equal_ids_in_a_later_span_do_not_lose_the_earlier_one(collector):
    collector.on_end(built_span("first", 1, langwatch__thread__id="t"))
    collector.on_end(built_span("second", 1, langwatch__thread__id="t"))

    assert names(collector.get_spans_for_thread("t")) == ["first", "second"]


def test_an_unknown_thread_has_no_spans(collector):
    assert collector.get_spans_for_thread("never heard of") == []


def test_what_is_returned_is_the_callers_to_change(collector, tracer):
    tracer.start_span("mine", attributes={THREAD: "t"}).end()
    collector.get_spans_for_thread("t").clear()

    assert names(collector.get_spans_for_thread("t")) == ["mine"]
