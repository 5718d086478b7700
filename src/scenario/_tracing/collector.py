"""The span processor from which the judge gets the spans of a run."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from opentelemetry import baggage
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from scenario._tracing.attributes import THREAD_ID
from scenario._tracing.span_index import SpanIndex

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import SpanContext


class JudgeSpanCollector(SpanProcessor):
    """Keeps finished spans by the conversation thread they belong to.

    A span belongs to a thread when it, or an ancestor reached through parent ids, has the attribute
    `langwatch.thread.id` with the thread's id, or when it starts in a context whose baggage has that entry.
    Every method may be called from any thread; a lookup costs as much as the thread has spans. Memory is
    bounded: see the constants of `scenario._tracing.span_index`.
    """

    def __init__(self) -> None:
        self._index = SpanIndex()
        # Reentrant: the garbage collector may close a generator that ends a span while the lock is held.
        self._lock = RLock()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note a span that starts, so that its children are found before it ends."""
        in_baggage = baggage.get_baggage(THREAD_ID, parent_context)
        with self._lock:
            self._index.started(span, in_baggage if isinstance(in_baggage, str) else None)

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a finished span."""
        with self._lock:
            self._index.ended(span)

    def received(self, span: ReadableSpan) -> None:
        """Keep a finished span of another process, unless it came too late or is there already."""
        with self._lock:
            self._index.received(span)

    def shutdown(self) -> None:
        """Forget everything."""
        with self._lock:
            self._index = SpanIndex()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Return `True`: nothing is ever pending."""
        return True

    def get_spans_for_thread(self, thread_id: str) -> list[ReadableSpan]:
        """Return the finished spans of a thread, in the order in which they ended.

        Args:
            thread_id: the conversation's id, `AgentInput.thread_id`.
        """
        with self._lock:
            return self._index.spans(thread_id)

    def clear_spans_for_thread(self, thread_id: str) -> None:
        """Forget every span of a thread's traces; those that are still open are dropped when they end.

        Args:
            thread_id: the conversation's id, `AgentInput.thread_id`.
        """
        with self._lock:
            self._index.clear(thread_id)

    def dropped_spans(self, thread_id: str) -> int:
        """Return how many spans of a thread were dropped, oldest first, because it had too many."""
        with self._lock:
            return self._index.dropped(thread_id)

    def role_of(self, context: SpanContext | None) -> str | None:
        """Return the `scenario.role` of a span or of its nearest ancestor that has one.

        Unlike `get_spans_for_thread` this also knows the spans that are still open.
        """
        with self._lock:
            return self._index.role(context)


judge_span_collector = JudgeSpanCollector()
"""The collector of the process; it is attached to every tracer provider that a run uses."""
