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
    from scenario._judge.tokens import DEFAULT_TOKEN_THRESHOLD, estimate_tokens
    from scenario._judge.transcript import JudgeUtils

_HOMES = {
    "DEFAULT_TOKEN_THRESHOLD": "tokens",
    "JudgeSpanDigestFormatter": "digest",
    "JudgeUtils": "transcript",
    "estimate_tokens": "tokens",
    "expand_trace": "digest",
    "grep_trace": "digest",
    "judge_span_digest_formatter": "digest",
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
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
