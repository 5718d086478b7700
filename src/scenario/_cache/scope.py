"""The run on whose account cached functions are called."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenario.config import ModelConfig

_scope: ContextVar[CacheScope | None] = ContextVar("scenario_cache_scope", default=None)


@dataclass(frozen=True, slots=True)
class CacheScope:
    """What a run contributes to the keys of its cached calls.

    Attributes:
        cache_key: the run's `cache_key`; `None` or empty switches the cache off.
        default_model: the run's default model.
        max_turns: the run's limit of automatic turns.
    """

    cache_key: str | None
    default_model: str | ModelConfig | None = None
    max_turns: int = 10


@contextmanager
def active_scope(scope: CacheScope) -> Generator[None]:
    """Make `scope` the current one for everything called inside, tasks started there included."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def current_scope() -> CacheScope | None:
    """Return the scope of the surrounding run if its cache is on, else `None`."""
    scope = _scope.get()
    return scope if scope and scope.cache_key else None
