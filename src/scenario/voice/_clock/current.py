"""The clock of the run that the running code belongs to."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from scenario.voice._clock.real import RealClock

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenario.voice._clock.clock import Clock

_REAL = RealClock()
_current: ContextVar[Clock] = ContextVar("scenario_voice_clock", default=_REAL)


def current_clock() -> Clock:
    """Return the clock of the run; real time outside of one."""
    return _current.get()


@contextmanager
def using_clock(clock: Clock) -> Generator[None]:
    """Make `clock` the current one within the block, and in the tasks that are started in it."""
    token = _current.set(clock)
    try:
        yield
    finally:
        _current.reset(token)
