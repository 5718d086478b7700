"""One call of an agent in another process, and whether the spans of it have arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scenario._tracing.attributes import THREAD_ID
from scenario._tracing.span_index import SpanKey, span_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario._tracing.collector import JudgeSpanCollector


@dataclass(frozen=True, slots=True)
class RemoteCall:
    """The span and the thread of a call.

    Attributes:
        key: identifies the call's span in this process.
        thread_id: the conversation's id.
    """

    key: SpanKey
    thread_id: str

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> Self:
        """Read the headers that were sent with a call.

        Raises:
            ValueError: they do not name a span and a thread.
        """
        context = TraceContextTextMapPropagator().extract(headers, Context())
        context = W3CBaggagePropagator().extract(headers, context)
        span = trace.get_current_span(context).get_span_context()
        thread_id = baggage.get_baggage(THREAD_ID, context)
        if not span.is_valid or not isinstance(thread_id, str):
            raise ValueError(
                f"expected the headers of a call, AgentInput.propagation_headers, got {dict(headers)!r}"
            )
        return cls(span_key(span), thread_id)

    def has_arrived(self, collector: JudgeSpanCollector) -> bool:
        """Return whether a received span is below the call's, with nothing missing in between.

        There may be spans of this process in between: those of an instrumented HTTP client.
        """
        spans = collector.get_spans_for_thread(self.thread_id)
        parents = {span_key(span.context): span_key(span.parent) for span in spans}
        received = (span for span in spans if span.context is not None and span.context.is_remote)
        return any(self._is_above(span_key(span.context), parents) for span in received)

    def __str__(self) -> str:
        return f"{trace.format_trace_id(self.key[0])}-{trace.format_span_id(self.key[1])}"

    def _is_above(self, key: SpanKey, parents: Mapping[SpanKey, SpanKey]) -> bool:
        seen: set[SpanKey] = set()
        while key not in seen and key in parents:
            seen.add(key)
            key = parents[key]
            if key == self.key:
                return True
        return False
