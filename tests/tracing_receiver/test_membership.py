"""Which run a received span belongs to, and that none outlives its run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from scenario._tracing.agent_spans import own_spans
from scenario.tracing import OtlpReceiver

from .remote_agent import remote_agent
from .running_call import THREAD_ID, context_of, running_call


@pytest.fixture
def entry(call, agent):
    """The span with which the agent entered the call; it is still open, so it has not been exported."""
    return agent.start_span("POST /chat", context=context_of(call.headers))


def inner(agent, entry, name="look_up_stock", **attributes):
    agent.start_span(name, context=trace.set_span_in_context(entry), attributes=attributes).end()


def exporting_to(receiver):
    return SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{receiver.endpoint}/v1/traces"))


def nodes_of(collector):
    return list(collector._index._nodes)


def test_a_span_is_seen_before_the_one_that_it_is_in_has_ended(call, agent, entry):
    inner(agent, entry)
    assert call.names == ["look_up_stock"]
    entry.end()
    assert call.names == ["look_up_stock", "POST /chat"]


def test_received_spans_are_the_agents_own(call, agent, entry):
    inner(agent, entry)
    entry.end()
    spans = call.collector.get_spans_for_thread(call.thread_id)
    assert own_spans(spans, collector=call.collector) == spans
    assert call.collector.role_of(spans[1].context) == "Agent"


def test_the_attribute_ties_a_trace_of_its_own_to_the_thread(call, agent):
    root = agent.start_span("POST /chat", context=Context(), attributes={THREAD_ID: call.thread_id})
    inner(agent, root)
    assert call.names == []
    root.end()
    assert sorted(call.names) == ["POST /chat", "look_up_stock"]


def test_spans_of_other_traces_do_not_belong_to_the_run(call, agent):
    agent.start_span("GET /health", context=Context()).end()
    assert call.names == []


def test_runs_at_once_are_told_apart():
    with (
        running_call() as one,
        running_call() as other,
        OtlpReceiver(collector=one.collector) as to_one,
        remote_agent(to_one.endpoint) as agent,
    ):
        # Both runs are known to one collector, as in a process.
        other.collector = one.collector
        other.collector.on_start(other.span, context_of(other.headers))
        agent.start_span("for one", context=context_of(one.headers)).end()
        agent.start_span("for the other", context=context_of(other.headers)).end()
        assert (one.names, other.names) == (["for one"], ["for the other"])


def test_spans_that_come_after_the_run_are_dropped(call, agent, entry):
    inner(agent, entry)
    call.end_run()
    inner(agent, entry, "too late")
    entry.end()
    assert call.names == []
    assert nodes_of(call.collector) == []


def test_the_attribute_does_not_bring_back_a_run_that_has_ended(call, agent):
    call.end_run()
    agent.start_span("too late", context=Context(), attributes={THREAD_ID: call.thread_id}).end()
    assert call.names == []
    assert nodes_of(call.collector) == []


def test_the_attribute_does_not_make_up_a_run(call, agent):
    agent.start_span("POST /chat", context=Context(), attributes={THREAD_ID: "nobody"}).end()
    assert call.collector.get_spans_for_thread("nobody") == []


def test_a_span_that_is_sent_twice_is_kept_once(call, receiver, agent, entry):
    entry.end()
    exporting_to(receiver).on_end(entry)
    assert call.names == ["POST /chat"]


def test_spans_of_this_process_that_are_exported_to_the_receiver_are_kept_once(call, receiver):
    span = call.tracer.start_span("look_up_stock", context=context_of(call.headers))
    span.end()
    exporting_to(receiver).on_end(span)
    assert call.names == ["look_up_stock"]


def test_a_run_that_ends_while_spans_pour_in_leaves_nothing(call, receiver):
    begun = Barrier(5)

    def work(_: int) -> None:
        with remote_agent(receiver.endpoint) as agent:
            for step in range(30):
                attributes = {THREAD_ID: call.thread_id} if step % 2 else {}
                agent.start_span("step", context=context_of(call.headers), attributes=attributes).end()
                if step == 5:
                    begun.wait(10)

    with ThreadPoolExecutor(4) as threads:
        working = threads.map(work, range(4))
        begun.wait(10)
        assert len(call.names) >= 24
        call.end_run()
        list(working)
    assert call.names == []
    assert nodes_of(call.collector) == []
