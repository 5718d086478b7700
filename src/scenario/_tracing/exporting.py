"""How spans leave the process: through the user's exporter, and to the platform."""

from __future__ import annotations

import importlib
import logging
import os
import time
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

from scenario.config import LangWatchSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

logger = logging.getLogger("scenario")

_TIMEOUT = 3.0
_PAUSE_AFTER_FAILURE = 30.0
_SLOW = 0.5
_TIMEOUT_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")


class SynchronousProcessor(SimpleSpanProcessor):
    """Exports each span as it ends; flushing reaches the exporter, which may buffer."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the exporter."""
        # Exporters that hold nothing return None, or do not have the method at all.
        flush = getattr(self.span_exporter, "force_flush", None)
        return flush is None or flush(timeout_millis) is not False


def platform_processor() -> BatchSpanProcessor | None:
    """Return a processor that sends spans to the platform, or `None` without a key or the OTLP package."""
    settings = LangWatchSettings()
    if not settings.api_key:
        return None
    try:
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        logger.warning(
            "LANGWATCH_API_KEY is set, but traces are not exported: %s. "
            "Install it with: pip install opentelemetry-exporter-otlp-proto-http",
            error,
        )
        return None
    exporter: SpanExporter = otlp.OTLPSpanExporter(
        endpoint=f"{settings.endpoint.rstrip('/')}/api/otel/v1/traces",
        headers={"Authorization": f"Bearer {settings.api_key}"},
        timeout=None if any(os.environ.get(name) for name in _TIMEOUT_VARIABLES) else _TIMEOUT,
    )
    return BatchSpanProcessor(PausingExporter(exporter))


class PausingExporter(SpanExporter):
    """Leaves an endpoint alone for a while after an export that failed slowly.

    Otherwise each run would wait again for a server that is not there. A quick refusal costs nobody time.

    Args:
        inner: the exporter that sends.
    """

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._paused_until = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export spans, or drop them while the endpoint is left alone."""
        if time.monotonic() < self._paused_until:
            return SpanExportResult.FAILURE
        began = time.monotonic()
        result = self._inner.export(spans)
        ended = time.monotonic()
        if result is not SpanExportResult.SUCCESS and ended - began > _SLOW:
            self._paused_until = ended + _PAUSE_AFTER_FAILURE
            # Without a handler, `logging` itself would print it into the output of somebody's tests.
            log = logger.warning if logger.hasHandlers() else logger.debug
            log(
                "the export of %d spans failed; spans of the next %.0f seconds are not exported",
                len(spans),
                _PAUSE_AFTER_FAILURE,
            )
        return result

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the exporter."""
        return self._inner.force_flush(timeout_millis)
