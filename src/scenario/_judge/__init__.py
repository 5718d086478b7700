"""The judge's inside, and the helpers that authors of custom judges may use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._judge.digest import (
        JudgeSpanDigestFormatter,
        expand_trace,
        grep_trace,
        judge_span_digest_formatter,
    )
    from scenario._judge.transcript import JudgeUtils
    from scenario._tokens import DEFAULT_TOKEN_THRESHOLD, estimate_tokens

_HOMES = {
    "DEFAULT_TOKEN_THRESHOLD": "scenario._tokens",
    "JudgeSpanDigestFormatter": "scenario._judge.digest",
    "JudgeUtils": "scenario._judge.transcript",
    "estimate_tokens": "scenario._tokens",
    "expand_trace": "scenario._judge.digest",
    "grep_trace": "scenario._judge.digest",
    "judge_span_digest_formatter": "scenario._judge.digest",
}

__all__ = [
    "DEFAULT_TOKEN_THRESHOLD",
    "JudgeSpanDigestFormatter",
    "JudgeUtils",
    "estimate_tokens",
    "expand_trace",
    "grep_trace",
    "judge_span_digest_formatter",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
