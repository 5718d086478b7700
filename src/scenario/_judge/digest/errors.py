"""The section of a digest that lists the failed spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.digest.text import shorten, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.digest.span_view import SpanView

_TITLE = "=== ERRORS ==="
_MOST_LISTED = 50
_LONGEST = 160  # bytes of a name or description in a bounded section
_COUNT_LINE = 40  # bytes


def errors_section(failed: Sequence[SpanView]) -> str:
    """Return all failed spans with their descriptions."""
    return "\n".join((_TITLE, *(_entry(span.name, span.error) for span in failed)))


def bounded_errors_section(failed: Sequence[SpanView], room: int) -> str:
    """Return the first 50 failed spans, or as many as fit into `room` bytes, and how many more there are."""
    lines = [_TITLE]
    room -= size(_TITLE) + _COUNT_LINE
    for span in failed[:_MOST_LISTED]:
        entry = _entry(shorten(span.name, _LONGEST), shorten(span.error or "", _LONGEST))
        room -= size(entry) + 1
        if room < 0:
            break
        lines.append(entry)
    left_out = len(failed) - len(lines) + 1
    if left_out:
        lines.append(f"... and {left_out} more errors")
    return "\n".join(lines)


def _entry(name: str, description: str | None) -> str:
    return f"- {name}: {description or 'unknown error'}"
