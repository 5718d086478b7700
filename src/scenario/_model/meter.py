"""Adds up the model usage of one run, by role."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from scenario.types import RunUsage, Usage

if TYPE_CHECKING:
    from collections.abc import Generator

_current: ContextVar[tuple[UsageMeter, str] | None] = ContextVar("scenario_usage_meter", default=None)


class UsageMeter:
    """Counts calls, tokens and cost; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = Usage()
        self._by_role: dict[str, Usage] = {}

    @contextmanager
    def role(self, role: str) -> Generator[UsageMeter]:
        """Make this the current meter, with `role` as the one on whose account calls are made."""
        token = _current.set((self, role))
        try:
            yield self
        finally:
            _current.reset(token)

    def record(self, usage: Usage) -> None:
        """Add `usage` to the total and to the current role's share, if a role is current."""
        current = _current.get()
        role = current[1] if current and current[0] is self else None
        with self._lock:
            self._total += usage
            if role is not None:
                self._by_role[role] = self._by_role.get(role, Usage()) + usage

    def record_hit(self) -> None:
        """Count one call that the cache answered."""
        self.record(Usage(cache_hits=1))

    def report(self) -> RunUsage:
        """Return what was counted so far."""
        with self._lock:
            return RunUsage(
                total=self._total.model_copy(),
                by_role={role: usage.model_copy() for role, usage in self._by_role.items()},
            )


def current_meter() -> UsageMeter | None:
    """Return the meter whose `role()` block surrounds the caller."""
    current = _current.get()
    return current[0] if current else None
