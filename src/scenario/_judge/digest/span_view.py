"""A span as this package sees it: read in one place, so that no span can make the judge fail."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from scenario._judge.digest.redaction import redact_quoted
from scenario._judge.digest.text import one_line
from scenario._judge.media import truncate_media
from scenario._judge.shapes import is_array

SpanKey = tuple[int, int]

_ID_BITS = 2**64 - 1
_LATEST = 2**64  # nanoseconds; what OpenTelemetry can carry


class SpanView(NamedTuple):
    """What a digest needs of a span.

    Attributes:
        source: the span itself, for `attributes_of` and `events_of`.
        id: the span id, 16 hexadecimal digits; zeros without one.
        key: trace id and span id.
        parent: the parent's key; `None` without a parent.
        name: the name on one line.
        start: nanoseconds since 1970; `None` if unknown.
        end: likewise; `None` while the span runs.
        error: the description of its error, empty without one; `None` when the span did not fail.
    """

    source: Any
    id: str
    key: SpanKey
    parent: SpanKey | None
    name: str
    start: int | None
    end: int | None
    error: str | None


def view(span: Any) -> SpanView:
    """Read a span; what it lacks or what cannot be read counts as missing."""
    context, parent, name = _field(span, "context"), _field(span, "parent"), _field(span, "name")
    trace_id, span_id = _integer(_field(context, "trace_id")), _integer(_field(context, "span_id"))
    span_id &= _ID_BITS
    # The parent is in the same trace by definition; 0 is not an id.
    parent_id = 0 if parent is None else _integer(_field(parent, "span_id")) & _ID_BITS
    return SpanView(
        source=span,
        id=f"{span_id:016x}",
        key=(trace_id, span_id),
        parent=(trace_id, parent_id) if parent_id else None,
        name=one_line(name) if isinstance(name, str) and name else "unnamed",
        start=_nanoseconds(_field(span, "start_time")),
        end=_nanoseconds(_field(span, "end_time")),
        error=_error(_field(span, "status")),
    )


def attributes_of(source: Any) -> dict[str, Any]:
    """Return a copy of the attributes of a span or an event."""
    attributes = _field(source, "attributes")
    if attributes is None:
        return {}
    try:
        return {str(key): value for key, value in attributes.items()}
    except Exception as error:  # noqa: BLE001 - attributes may be any object; the judge is told
        return {"attributes": f"[unreadable {type(attributes).__name__}: {type(error).__name__}]"}


def events_of(source: Any) -> list[tuple[str, Any]]:
    """Return the events of a span, each with its name on one line."""
    events = _field(source, "events")
    if not is_array(events):
        return []
    names = [_field(event, "name") for event in events]
    return [
        (one_line(name) if isinstance(name, str) else "unnamed", event)
        for name, event in zip(names, events, strict=True)
    ]


def token_count(attributes: dict[str, Any]) -> int | None:
    """Return the tokens that a model call used, in and out; `None` when it does not say."""
    used = (attributes.get("gen_ai.usage.input_tokens"), attributes.get("gen_ai.usage.output_tokens"))
    counts = [
        count
        for count in used
        if isinstance(count, (int, float)) and not isinstance(count, bool) and abs(count) < _LATEST
    ]
    return round(sum(counts)) if counts else None


def _field(source: Any, name: str) -> Any:
    try:
        return getattr(source, name, None)
    except Exception:  # noqa: BLE001 - properties of a hand-made span may raise anything
        return None


def _integer(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _nanoseconds(value: Any) -> int | None:
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    return value if type(value) is int and 0 <= value < _LATEST else None


def _error(status: Any) -> str | None:
    code = _field(status, "status_code")
    if _field(code, "name") != "ERROR":
        return None
    description = _field(status, "description")
    if not isinstance(description, str):
        return ""
    return one_line(redact_quoted(truncate_media(description))).strip()
