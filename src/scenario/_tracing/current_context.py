"""Makes an OpenTelemetry context current for a block that may be left from another task."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from opentelemetry import context as otel_context

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.context import Context

_entered: ContextVar[None] = ContextVar("scenario_tracing_entered", default=None)


@contextmanager
def current_context(context: Context) -> Generator[None]:
    """Make `context` current, and afterwards what was current before.

    A block that is left in another task than it was entered in (an abandoned generator, for example) changes
    nothing there: that task's context was never touched.
    """
    previous = otel_context.get_current()
    otel_context.attach(context)
    token = _entered.set(None)
    try:
        yield
    finally:
        # `otel_context.detach` would log an error in another task, hence a variable of our own to tell.
        try:
            _entered.reset(token)
        except ValueError:
            pass
        else:
            otel_context.attach(previous)
