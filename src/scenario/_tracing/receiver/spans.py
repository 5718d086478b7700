"""Spans of OTLP as spans of the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.common.v1 import common_pb2 as common
    from opentelemetry.proto.trace.v1 import trace_pb2 as otlp
    from opentelemetry.util.types import AnyValue

    Attributes: TypeAlias = dict[str, AnyValue]

_HAS_IS_REMOTE = 0x100  # flags of a span: whether the next bit says anything,
_IS_REMOTE = 0x200  # and whether the parent is in another process
_KINDS = dict(enumerate((SpanKind.INTERNAL, *SpanKind)))  # 0 is "unspecified"
_STATUS_CODES = {code.value: code for code in StatusCode}


def spans_of(request: ExportTraceServiceRequest) -> Iterator[ReadableSpan | None]:
    """Yield the spans of an export request; `None` for each without a valid id."""
    for group in request.resource_spans:
        resource = Resource(_attributes(group.resource.attributes), group.schema_url or None)
        for part in group.scope_spans:
            scope = InstrumentationScope(
                part.scope.name,
                part.scope.version or None,
                part.schema_url or None,
                _attributes(part.scope.attributes),
            )
            for span in part.spans:
                yield _span(span, resource, scope)


def _span(span: otlp.Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan | None:
    context = _context(span.trace_id, span.span_id, span.trace_state)
    if not context.is_valid:
        return None
    is_remote = bool(span.flags & _IS_REMOTE) or not span.flags & _HAS_IS_REMOTE
    parent = _context(span.trace_id, span.parent_span_id, span.trace_state, is_remote=is_remote)
    return ReadableSpan(
        span.name,
        context=context,
        parent=parent if parent.is_valid else None,
        resource=resource,
        attributes=_attributes(span.attributes),
        events=[
            Event(event.name, _attributes(event.attributes), event.time_unix_nano) for event in span.events
        ],
        links=[
            Link(_context(link.trace_id, link.span_id, link.trace_state), _attributes(link.attributes))
            for link in span.links
        ],
        kind=_KINDS.get(span.kind, SpanKind.INTERNAL),
        status=_status(span.status),
        start_time=span.start_time_unix_nano,
        end_time=span.end_time_unix_nano or None,
        instrumentation_scope=scope,
    )


def _context(trace_id: bytes, span_id: bytes, state: str, *, is_remote: bool = True) -> SpanContext:
    # Ids of a wrong length count as missing: they must not meet the id of another span by chance.
    return SpanContext(
        int.from_bytes(trace_id if len(trace_id) == 16 else b""),
        int.from_bytes(span_id if len(span_id) == 8 else b""),
        is_remote=is_remote,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
        trace_state=TraceState.from_header([state]) if state else None,
    )


def _status(status: otlp.Status) -> Status:
    code = _STATUS_CODES.get(status.code, StatusCode.UNSET)
    # The SDK takes a description of errors only, and says so for each.
    return Status(code, (status.message or None) if code is StatusCode.ERROR else None)


def _attributes(entries: Iterable[common.KeyValue]) -> Attributes:
    return {entry.key: _value(entry.value) for entry in entries if entry.key}


def _value(value: common.AnyValue) -> AnyValue:
    match value.WhichOneof("value"):
        case "array_value":
            return tuple(_value(item) for item in value.array_value.values)
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case None:
            return None
        case name:
            return getattr(value, name)
