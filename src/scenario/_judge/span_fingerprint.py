"""What equal runs have in common in their spans, for cache keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scenario._judge.shapes import is_array

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

# Only ids of the machinery: which order or customer the agent looked up is what it did.
_CHANGING_KEY = re.compile(
    r"(?:^|[._-])(?:(?:trace|span|parent|thread|process|run|task|session|conversation|message|request|response"
    r"|call|invocation|correlation|checkpoint|event|worker|instance)[._-]?ids?|uuid|guid|nonce|etag|timestamp"
    r"|duration|latency|elapsed|time_to_first_\w+|ms|ns|pid|port)$"
    r"|(?:^|[._-])(?:duration|latency|elapsed)[._-]",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CHANGING_TEXT = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"  # UUID
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"  # point in time
    r"|\b1[5-9]\d{8}(?:\d{3}){0,3}(?:\.\d+)?\b"  # seconds to nanoseconds since 1970
    r"|\b(?:0x)?(?=[a-f]*[0-9])[0-9a-f]{12,}\b"  # id, hash, address
    r"|\b[a-z]{2,16}[_-](?=[A-Za-z]*[0-9])[A-Za-z0-9]{12,}\b"  # `call_...`, `msg_...` and their like
)


def span_fingerprint(spans: Sequence[ReadableSpan]) -> list[Any]:
    """Return the spans as JSON types, without ids, times and durations: equal for equal runs."""
    ordered = sorted(spans, key=lambda span: span.start_time or 0)
    places = {_key(span.context): place for place, span in enumerate(ordered)}
    return [
        [
            places.get(_key(span.parent)) if span.parent else None,  # which one is its parent
            _stable(span.name),
            span.status.status_code.name,
            _stable(span.status.description),
            _attributes(span.attributes),
            [[_stable(event.name), _attributes(event.attributes)] for event in span.events],
        ]
        for span in ordered
    ]


def _key(context: SpanContext | None) -> tuple[int, int]:
    return (0, 0) if context is None else (context.trace_id, context.span_id)


def _attributes(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        key: _stable(value)
        for key, value in sorted((attributes or {}).items())
        if not _CHANGING_KEY.search(_CAMEL.sub("_", key))
    }


def _stable(value: object) -> Any:
    if isinstance(value, str):
        return _CHANGING_TEXT.sub("*", value)
    if is_array(value):
        return [_stable(item) for item in value]
    if isinstance(value, (int, float)):
        return "*" if _CHANGING_TEXT.fullmatch(str(value)) else value
    return None if value is None else type(value).__name__
