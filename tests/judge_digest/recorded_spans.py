"""Real spans of the OpenTelemetry SDK with ids and times that a test chooses."""

from __future__ import annotations

from types import SimpleNamespace

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

T0 = 1_767_225_600_000  # milliseconds: 2026-01-01T00:00:00Z
TRACE_ID = 0x1234


class _GivenIds(IdGenerator):
    def __init__(self) -> None:
        self.next_id = 0

    def generate_span_id(self) -> int:
        return self.next_id

    def generate_trace_id(self) -> int:
        return TRACE_ID


def context(span_id: int, trace_id: int = TRACE_ID) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(1))


def ms(milliseconds: float) -> int:
    """Nanoseconds since 1970 of a moment given in milliseconds since T0."""
    return int((T0 + milliseconds) * 1_000_000)


class Recorder:
    """Makes spans through a tracer provider; ids are written as hexadecimal digits, filled with zeros."""

    def __init__(self) -> None:
        self._ids = _GivenIds()
        provider = TracerProvider(id_generator=self._ids, shutdown_on_exit=False)
        self._tracer = provider.get_tracer("app")
        self.spans: list[ReadableSpan] = []

    def span(
        self,
        name: str,
        id: str,
        parent: str | None = None,
        *,
        at: float = 0,
        lasts: float | None = 100,
        attributes: dict[str, object] | None = None,
        events: list[tuple[str, dict[str, object]]] | None = None,
        error: str | None = None,
    ) -> Span:
        """Record a span; `lasts=None` leaves it open, `error` may be empty."""
        self._ids.next_id = number(id)
        around = (
            Context() if parent is None else set_span_in_context(NonRecordingSpan(context(number(parent))))
        )
        span = self._tracer.start_span(name, context=around, attributes=attributes, start_time=ms(at))
        for event, event_attributes in events or []:
            span.add_event(event, event_attributes, timestamp=ms(at))
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, error or None))
        if lasts is not None:
            span.end(end_time=ms(at + lasts))
        self.spans.append(span)
        return span


def number(id: str) -> int:
    return int(id.ljust(16, "0"), 16)


def one_span(**attributes: object) -> list[ReadableSpan]:
    """One span with attributes; keys are given with `__` for a dot."""
    recorder = Recorder()
    recorder.span(
        "work", "a1", attributes={key.replace("__", "."): value for key, value in attributes.items()}
    )
    return recorder.spans


def hand_made(**fields: object) -> SimpleNamespace:
    """An object with the fields of a span, each of which may be anything."""
    usual = {
        "name": "work",
        "context": context(number("a1")),
        "parent": None,
        "start_time": ms(0),
        "end_time": ms(100),
        "attributes": {},
        "events": (),
        "status": SimpleNamespace(status_code=StatusCode.UNSET, description=None),
    }
    return SimpleNamespace(**(usual | fields))
