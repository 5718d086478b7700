"""Which spans reach an exporter."""

from __future__ import annotations

import logging
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("scenario")

MAX_TRACES = 20_000


class FilteredProcessor(SpanProcessor):
    """Hands to another processor the finished spans that a filter accepts.

    Filtering happens as spans end, before they are queued: spans that nobody wants take no room in a batch.
    A span for which the filter raises is dropped.

    Args:
        inner: the processor that exports.
        span_filter: says of a finished span whether it is exported.
    """

    def __init__(self, inner: SpanProcessor, span_filter: Callable[[ReadableSpan], bool]) -> None:
        self._inner = inner
        self._filter = span_filter
        self._warned = False

    def on_end(self, span: ReadableSpan) -> None:
        """Export the span if the filter accepts it."""
        if self._accepts(span):
            self._inner.on_end(span)

    def shutdown(self) -> None:
        """Shut the exporting processor down."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the exporting processor."""
        return self._inner.force_flush(timeout_millis)

    def _accepts(self, span: ReadableSpan) -> bool:
        try:
            return bool(self._filter(span))
        except Exception:
            if not self._warned:
                self._warned = True
                logger.warning(
                    "span_filter %r raised for span %r; spans for which it raises are not exported",
                    self._filter,
                    span.name,
                    exc_info=True,
                )
            return False


class FrameworkTraces:
    """The latest traces that the framework started, as a filter for exporters."""

    def __init__(self) -> None:
        self._ids: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()

    def add(self, trace_id: int) -> None:
        """Note a trace of the framework."""
        with self._lock:
            self._ids[trace_id] = None
            if len(self._ids) > MAX_TRACES:
                self._ids.popitem(last=False)

    def __call__(self, span: ReadableSpan) -> bool:
        return span.context is not None and span.context.trace_id in self._ids


framework_traces = FrameworkTraces()
