"""Traces of a run: its own spans, the collector that the judge reads, and where spans are exported to.

Importing this package imports nothing of OpenTelemetry; the names below are resolved at first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._tracing.agent_spans import own_spans
    from scenario._tracing.call_span import CallSpan
    from scenario._tracing.collector import JudgeSpanCollector, judge_span_collector
    from scenario._tracing.run_tracing import RunTracing
    from scenario._tracing.scopes import scenario_only, with_custom_scopes
    from scenario._tracing.setup import ensure_tracing, setup_scenario_tracing, tracing_configured

__all__ = [
    "CallSpan",
    "JudgeSpanCollector",
    "RunTracing",
    "ensure_tracing",
    "judge_span_collector",
    "own_spans",
    "scenario_only",
    "setup_scenario_tracing",
    "tracing_configured",
    "with_custom_scopes",
]

_MODULES = {
    "CallSpan": "call_span",
    "JudgeSpanCollector": "collector",
    "RunTracing": "run_tracing",
    "ensure_tracing": "setup",
    "judge_span_collector": "collector",
    "own_spans": "agent_spans",
    "scenario_only": "scopes",
    "setup_scenario_tracing": "setup",
    "tracing_configured": "setup",
    "with_custom_scopes": "scopes",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
