"""Spans, runs and providers for these tests."""

from __future__ import annotations

import json
from itertools import count

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceFlags

from scenario._observer import RunInfo
from scenario.config import ScenarioConfig

THREAD = "langwatch.thread.id"
_ids = count(1)


def context(span_id: int, trace_id: int = 1) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(1))


def built_span(
    name: str,
    span_id: int,
    parent: int | None = None,
    *,
    trace_id: int = 1,
    scope: str | None = "app",
    **attributes: object,
) -> ReadableSpan:
    """A finished span built by hand; attributes are given with `__` for a dot."""
    return ReadableSpan(
        name,
        context=context(span_id, trace_id),
        parent=None if parent is None else context(parent, trace_id),
        attributes={key.replace("__", "."): value for key, value in attributes.items()},
        instrumentation_scope=None if scope is None else InstrumentationScope(scope),
        start_time=1,
        end_time=2,
    )


def provider_with(*processors: SpanProcessor) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    for processor in processors:
        provider.add_span_processor(processor)
    return provider


def run_info(thread_id: str | None = None, **changes: object) -> RunInfo:
    number = next(_ids)
    fields = {
        "name": "booking a table",
        "description": "a guest books a table",
        "run_id": f"scenariorun_{number}",
        "thread_id": thread_id or f"scenariothread_{number}",
        "batch_id": "scenariobatch_1",
        "set_id": "default",
        "config": ScenarioConfig(),
    }
    return RunInfo(**(fields | changes))


def names(spans: list[ReadableSpan]) -> list[str]:
    return [span.name for span in spans]


def value_of(span: ReadableSpan, key: str) -> object:
    """An attribute that holds JSON."""
    return json.loads(span.attributes[key])
