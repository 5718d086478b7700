"""Waiting for agents that export in the background."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry import trace

from .running_call import context_of


async def finish(span) -> None:
    await asyncio.to_thread(span.end)  # exports it, too


async def begin(waiting) -> asyncio.Task[None]:
    """Start to wait, and go on once it does."""
    task = asyncio.create_task(waiting)
    await asyncio.sleep(0)
    return task


async def test_spans_that_are_there_are_not_waited_for(call, receiver, agent):
    await finish(agent.start_span("POST /chat", context=context_of(call.headers)))
    await receiver.wait_for_spans(call.headers)


async def test_the_span_with_which_the_agent_entered_the_call_ends_the_wait(call, receiver, agent):
    entry = agent.start_span("POST /chat", context=context_of(call.headers))
    waiting = await begin(receiver.wait_for_spans(call.headers))
    await finish(agent.start_span("look_up_stock", context=trace.set_span_in_context(entry)))
    assert not waiting.done()
    await finish(entry)
    await waiting
    assert call.names == ["look_up_stock", "POST /chat"]


async def test_spans_of_this_process_may_be_in_between(call, receiver, agent):
    http = call.tracer.start_span("POST", context=context_of(call.headers))
    entry = agent.start_span("POST /chat", context=trace.set_span_in_context(http))
    waiting = await begin(receiver.wait_for_spans(call.headers))
    http.end()
    await finish(entry)
    await waiting


async def test_spans_of_another_call_do_not_end_the_wait(call, receiver, agent):
    other = call.tracer.start_span("ShopDesk.call", context=context_of(call.headers))
    call.span.end()
    await finish(agent.start_span("POST /chat", context=trace.set_span_in_context(call.span)))
    headers = call.headers | {"traceparent": _traceparent(other)}
    with pytest.raises(TimeoutError, match=r"within 0\.05 s.*OTEL_EXPORTER_OTLP_ENDPOINT=http://127"):
        await receiver.wait_for_spans(headers, timeout=0.05)


async def test_any_number_may_wait_and_one_that_gives_up_disturbs_none(call, receiver, agent):
    entry = agent.start_span("POST /chat", context=context_of(call.headers))
    waits = [await begin(receiver.wait_for_spans(call.headers)) for _ in range(3)]
    waits[0].cancel()
    await finish(entry)
    done = await asyncio.gather(*waits, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert done[1:] == [None, None]


@pytest.mark.parametrize("headers", [{}, {"traceparent": "00-1"}, {"baggage": "langwatch.thread.id=a"}])
async def test_headers_that_are_not_those_of_a_call_are_an_error(receiver, headers):
    with pytest.raises(ValueError, match=r"AgentInput\.propagation_headers"):
        await receiver.wait_for_spans(headers)


def _traceparent(span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
