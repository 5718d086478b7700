"""What the judge sees of an agent's work: spans of this process, and of others through an OTLP receiver.

The names are resolved when they are first used; importing this module loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._tracing import (
        JudgeSpanCollector,
        judge_span_collector,
        scenario_only,
        setup_scenario_tracing,
        with_custom_scopes,
    )
    from scenario._tracing.receiver import OtlpReceiver

__all__ = [
    "JudgeSpanCollector",
    "OtlpReceiver",
    "judge_span_collector",
    "scenario_only",
    "setup_scenario_tracing",
    "with_custom_scopes",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = "scenario._tracing.receiver" if name == "OtlpReceiver" else "scenario._tracing"
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
