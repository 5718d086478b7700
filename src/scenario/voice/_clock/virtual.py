"""Time in which pauses cost nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from scenario.voice._clock.clock import Clock, Timer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_QUIET_ROUNDS = 12
"""Rounds of the loop in which nothing touches the clock before it jumps.

What a timer wakes may wake others through events and queues, one round of the loop each; all of them must
have come to their own waiting before the time moves on.
"""


class VirtualClock(Clock):
    """Monotonic time plus the pauses that were skipped.

    While nobody holds it, it jumps to the next deadline as soon as the loop has come to rest. While it is
    held, it runs at real speed, so that what is waited for outside counts with its real duration.
    """

    virtual = True

    def __init__(self) -> None:
        self._skipped = 0.0
        self._holds = 0
        self._timers: list[tuple[float, int, _VirtualTimer]] = []
        self._numbers = count()
        self._touches = 0
        self._watching = False
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return the time in seconds."""
        return time.monotonic() + self._skipped

    def call_at(self, moment: float, callback: Callable[[], object]) -> Timer:
        """Have `callback` called at `moment`."""
        timer = _VirtualTimer(callback)
        heappush(self._timers, (moment, next(self._numbers), timer))
        self._touch()
        return timer

    @contextmanager
    def hold(self) -> Generator[None]:
        """Run at real speed within the block."""
        self._holds += 1
        self._set_alarm()
        try:
            yield
        finally:
            self._holds -= 1
            self._touch()

    @contextmanager
    def released(self) -> Generator[None]:
        """Give back one hold within the block."""
        self._holds -= 1
        self._touch()
        try:
            yield
        finally:
            self._holds += 1
            self._set_alarm()

    def _touch(self) -> None:
        """Note that something happened: rest begins anew."""
        self._touches += 1
        self._set_alarm()
        if not self._watching and self._holds <= 0 and self._timers:
            self._watching = True
            asyncio.get_running_loop().call_soon(self._watch, self._touches, _QUIET_ROUNDS)

    def _watch(self, touches: int, rounds: int) -> None:
        """Jump to the next deadline when `rounds` more rounds of the loop pass without a touch."""
        if self._holds > 0 or not self._timers:
            self._watching = False
            return
        if touches != self._touches:
            touches, rounds = self._touches, _QUIET_ROUNDS
        if rounds:
            asyncio.get_running_loop().call_soon(self._watch, touches, rounds - 1)
            return
        self._watching = False
        self._skipped += max(0.0, self._timers[0][0] - self.now())
        self._fire()

    def _set_alarm(self) -> None:
        """Have the real time wake the next timer too: it is what passes while the clock is held."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        while self._timers and self._timers[0][2].cancelled:
            heappop(self._timers)
        if self._timers and self._holds > 0:
            delay = max(0.0, self._timers[0][0] - self.now())
            self._alarm = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        now = self.now()
        while self._timers and (self._timers[0][0] <= now or self._timers[0][2].cancelled):
            _, _, timer = heappop(self._timers)
            timer.fire()
        self._touch()


class _VirtualTimer:
    __slots__ = ("_callback", "cancelled")

    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def fire(self) -> None:
        if not self.cancelled:
            self.cancelled = True
            self._callback()
