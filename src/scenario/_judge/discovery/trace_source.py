"""Looking into spans of which only the structure is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenario._judge.digest import expand_trace, grep_trace
from scenario._judge.discovery.source import Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_HINT = """\
The traces are long, so only their structure is shown: no attributes and events. Spans are referred to by the
id in brackets. expand_trace(span_id) shows all that spans hold, grep_trace(pattern) finds spans by a text."""


class TraceSource:
    """The spans of the agent under test."""

    block = "opentelemetry_traces"
    hint = _HINT

    def __init__(self, spans: Sequence[ReadableSpan]) -> None:
        self.tools = {
            "expand_trace": Tool(
                "Show spans in full, with their attributes and events.",
                "span_ids",
                {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Ids of spans, as they stand in brackets.",
                },
                partial(expand_trace, spans),
            ),
            "grep_trace": Tool(
                "Find the spans that hold a text in their name, attributes or events.",
                "pattern",
                {
                    "type": "string",
                    "description": "The text, whatever the case of its letters; no regular expression.",
                },
                partial(grep_trace, spans),
            ),
        }
