"""Spans of a red-team run, scope `scenario.red_team`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scenario._model.loading import import_off_loop

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import TypeAlias

    from opentelemetry.trace import Span

    Value: TypeAlias = "str | bool | int | float | Sequence[str] | None"

SCOPE = "scenario.red_team"
_LONGEST = 500


class RedTeamSpan:
    """An open span; its attributes begin with `red_team.`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def set(self, **attributes: Value) -> None:
        """Set attributes; `None` is left out, texts are cut to 500 characters.

        Args:
            attributes: names without the prefix, `__` standing for a dot.
        """
        for name, value in attributes.items():
            if value is not None:
                key = f"red_team.{name.replace('__', '.')}"
                self._span.set_attribute(key, _bounded(value) if isinstance(value, str) else value)


async def load_tracing() -> None:
    """Load what spans need, off the loop."""
    await import_off_loop("scenario._tracing.provider")


@contextmanager
def red_team_span(name: str, **attributes: Value) -> Generator[RedTeamSpan]:
    """Surround a block with the span `red_team.{name}`; await `load_tracing` before."""
    from opentelemetry import trace

    from scenario._tracing.provider import sdk_provider

    tracer = trace.get_tracer(SCOPE, tracer_provider=sdk_provider())
    # A traceback would hold the attacker's prompts and, with local variables, secrets.
    with tracer.start_as_current_span(f"red_team.{name}", record_exception=False) as span:
        opened = RedTeamSpan(span)
        opened.set(**attributes)
        yield opened


def _bounded(text: str) -> str:
    # A lone surrogate in one attribute would make exporters drop the whole batch.
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8")
