"""Notes on the span of the judge call in progress."""

from __future__ import annotations

import sys


def note_on_call_span(name: str, value: bool | int) -> None:
    """Set an attribute of the current span; without OpenTelemetry in this process there is none."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is not None:
        trace.get_current_span().set_attribute(name, value)
