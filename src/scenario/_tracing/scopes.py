"""Span filters by instrumentation scope, for the `span_filter` of the tracing set-up."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from scenario._tracing.attributes import SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import ReadableSpan

_SCOPES = ("langwatch", SCOPE)


def scenario_only(span: ReadableSpan) -> bool:
    """Return whether a span was emitted by this framework: simulators, judges, attackers, turns.

    Args:
        span: a finished span. Its scope must be `langwatch`, `scenario`, or start with `scenario.`.
    """
    name = _scope_name(span)
    return name in _SCOPES or name.startswith(f"{SCOPE}.")


def with_custom_scopes(*scopes: str) -> Callable[[ReadableSpan], bool]:
    """Return a filter for the framework's own spans and those of the named scopes.

    Args:
        scopes: exact names of instrumentation scopes, for example `"my_app.agent"`.
    """
    wanted = frozenset(scopes)

    def span_filter(span: ReadableSpan) -> bool:
        return scenario_only(span) or _scope_name(span) in wanted

    return span_filter


def _scope_name(span: ReadableSpan) -> str:
    scope = span.instrumentation_scope
    if scope is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            scope = span.instrumentation_info  # pyright: ignore[reportDeprecated] - spans of old instrumentations
    return "unknown" if scope is None else scope.name
