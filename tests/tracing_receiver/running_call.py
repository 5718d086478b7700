"""The open call of an agent, as a run makes it, with a collector of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scenario._tracing.collector import JudgeSpanCollector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.trace import Span, Tracer

THREAD_ID = "langwatch.thread.id"
_numbers = count(1)


@dataclass
class RunningCall:
    thread_id: str
    collector: JudgeSpanCollector
    tracer: Tracer
    span: Span
    headers: dict[str, str]

    @property
    def names(self) -> list[str]:
        """The names of the thread's finished spans, in the order in which they came."""
        return [span.name for span in self.collector.get_spans_for_thread(self.thread_id)]

    def end_run(self) -> None:
        self.span.end()
        self.collector.clear_spans_for_thread(self.thread_id)


@contextmanager
def running_call() -> Iterator[RunningCall]:
    collector = JudgeSpanCollector()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(collector)
    tracer = provider.get_tracer("scenario")
    thread_id = f"scenariothread_{next(_numbers)}"
    turn = tracer.start_span("Scenario Turn", context=Context())
    context = baggage.set_baggage(THREAD_ID, thread_id, trace.set_span_in_context(turn, Context()))
    attributes = {THREAD_ID: thread_id, "scenario.role": "Agent"}
    span = tracer.start_span("ShopDesk.call", context=context, attributes=attributes)
    context = trace.set_span_in_context(span, context)
    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers, context)
    W3CBaggagePropagator().inject(headers, context)
    yield RunningCall(thread_id, collector, tracer, span, headers)
    provider.shutdown()


def context_of(headers: Mapping[str, str]) -> Context:
    """What an agent makes of the headers that it is sent."""
    return W3CBaggagePropagator().extract(
        headers, TraceContextTextMapPropagator().extract(headers, Context())
    )
