"""Single flight: of identical concurrent calls in this process one runs, the others share its result.

The first to board a key leads; who comes while it runs follows, on whatever thread or event loop.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from contextvars import ContextVar
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from scenario._cache.entry import Entry

_lock = threading.Lock()
_flights: dict[str, Flight] = {}
_led_here: ContextVar[frozenset[Flight]] = ContextVar("scenario_cache_flights", default=frozenset())


class NoResult(Enum):
    """Why a flight brought nothing to share."""

    TRY_AGAIN = auto()
    """The leading call raised or was cancelled: the next one may try."""
    CALL_YOURSELF = auto()
    """The result cannot be copied, or waiting for it would never end."""


Landing: TypeAlias = "Entry | NoResult"


def board(key: str) -> tuple[Flight, bool]:
    """Return the flight to take for `key`, and whether the caller leads it.

    A leader enters the flight (`with flight:`) at once; everybody else waits for its landing.
    """
    with _lock:
        running = _flights.get(key)
        if running is None:
            flight = _flights[key] = Flight(key)
            return flight, True
    if running in _led_here.get():  # The call comes from inside the one that leads.
        return Flight(key, NoResult.CALL_YOURSELF), False
    return running, False


class Flight:
    """One running call. As a context manager it surrounds what the leader does."""

    def __init__(self, key: str, landing: Landing | None = None) -> None:
        self._key = key
        self._landing: Future[Landing] = Future()
        # A running future cannot be cancelled, so a follower that is cancelled takes nobody with it.
        self._landing.set_running_or_notify_cancel()
        if landing is not None:
            self._landing.set_result(landing)
        self._token: Token[frozenset[Flight]] | None = None

    def __enter__(self) -> None:
        self._token = _led_here.set(_led_here.get() | {self})

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.land(NoResult.TRY_AGAIN)
        with suppress(ValueError):  # A coroutine that is thrown away unfinished ends in a foreign context.
            if self._token is not None:
                _led_here.reset(self._token)

    def land(self, landing: Landing) -> None:
        """Give the followers what they waited for; only the first landing counts."""
        with _lock:
            if _flights.get(self._key) is not self:
                return
            del _flights[self._key]
        self._landing.set_result(landing)

    def wait(self) -> Landing:
        """Block until the flight has landed."""
        return self._landing.result()

    async def landed(self) -> Landing:
        """Wait until the flight has landed."""
        return await asyncio.wrap_future(self._landing)
