"""A span that went through a real exporter and the receiver is the span that it was."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from .running_call import context_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
scalars = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=20),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
attributes = st.dictionaries(keys, values, max_size=5)
statuses = st.sampled_from([Status(), Status(StatusCode.OK), Status(StatusCode.ERROR, "out of stock")])
contexts = st.builds(
    SpanContext,
    trace_id=st.integers(1, 2**128 - 1),
    span_id=st.integers(1, 2**64 - 1),
    is_remote=st.just(True),
    trace_flags=st.just(TraceFlags(1)),
)


@pytest.fixture
def sent_and_received(call, agent):
    def send(start, end):
        before = len(call.names)
        span = agent.start_span(context=context_of(call.headers), **start)
        end(span)
        (received,) = call.collector.get_spans_for_thread(call.thread_id)[before:]
        return span, received

    return send


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=texts,
    attributes=attributes,
    kind=st.sampled_from(SpanKind),
    links=st.lists(st.builds(Link, contexts, attributes), max_size=2),
    events=st.lists(st.tuples(texts, attributes, st.integers(1, 2**63)), max_size=2),
    status=statuses,
    start=st.integers(1, 2**63),
    length=st.integers(0, 2**60),
)
def test_everything_of_a_span_comes_through(
    sent_and_received, name, attributes, kind, links, events, status, start, length
):
    def end(span):
        for event in events:
            span.add_event(*event)
        span.set_status(status)
        span.end(start + length)

    given = {"name": name, "attributes": attributes, "kind": kind, "links": links, "start_time": start}
    sent, received = sent_and_received(given, end)
    assert received.attributes == sent.attributes
    assert received.name == sent.name
    assert received.kind == sent.kind
    assert (received.start_time, received.end_time) == (sent.start_time, sent.end_time)
    assert [(e.name, e.attributes, e.timestamp) for e in received.events] == [
        (e.name, e.attributes, e.timestamp) for e in sent.events
    ]
    assert [(link.context, link.attributes) for link in received.links] == [
        (link.context, link.attributes) for link in sent.links
    ]
    assert received.status.status_code is sent.status.status_code
    assert received.status.description == sent.status.description
    assert received.resource == sent.resource
    assert received.instrumentation_scope == sent.instrumentation_scope
    assert (received.context.trace_id, received.context.span_id) == (
        sent.context.trace_id,
        sent.context.span_id,
    )
    assert (received.parent.trace_id, received.parent.span_id) == (sent.parent.trace_id, sent.parent.span_id)
    assert received.parent.is_remote


def test_numbers_that_are_none_come_through(sent_and_received):
    _, received = sent_and_received({"name": "odd", "attributes": {"nan": math.nan}}, lambda span: span.end())
    assert math.isnan(received.attributes["nan"])
