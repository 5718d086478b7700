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

_A_LITTLE = 1e-6
"""Seconds by which a deadline is passed: who waits for it and computes with its time finds it over."""


class VirtualClock(Clock):
    """Monotonic time plus the pauses that were skipped.

    While it is held, it runs at real speed, so that what is waited for outside counts with its real duration.
    While nobody holds it, it stands still, so that the speed of the machine does not matter, and jumps to the
    next deadline as soon as the loop has come to rest.
    """

    virtual = True

    def __init__(self) -> None:
        self._stands_at = time.monotonic()
        self._skipped = 0.0
        self._holds = 0
        self._timers: list[tuple[float, int, _VirtualTimer]] = []
        self._numbers = count()
        self._touches = 0
        self._watching = False
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return the time in seconds."""
        return self._stands_at if self._holds <= 0 else time.monotonic() + self._skipped

    def call_at(self, moment: float, callback: Callable[[], object]) -> Timer:
        """Have `callback` called at `moment`."""
        timer = _VirtualTimer(callback)
        heappush(self._timers, (moment, next(self._numbers), timer))
        self._touch()
        return timer

    @contextmanager
    def hold(self) -> Generator[None]:
        """Run at real speed within the block."""
        self._take_hold()
        try:
            yield
        finally:
            self._give_back()

    @contextmanager
    def released(self) -> Generator[None]:
        """Give back one hold within the block."""
        self._give_back()
        try:
            yield
        finally:
            self._take_hold()

    def _take_hold(self) -> None:
        if self._holds == 0:
            self._skipped = self._stands_at - time.monotonic()
        self._holds += 1
        self._set_alarm()

    def _give_back(self) -> None:
        if self._holds == 1:
            self._stands_at = self.now()
        self._holds -= 1
        self._touch()

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
        self._drop_cancelled()
        if self._timers:
            self._stands_at = max(self._stands_at, self._timers[0][0]) + _A_LITTLE
        self._fire()

    def _set_alarm(self) -> None:
        """Have the real time wake the next timer too: it is what passes while the clock is held."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._drop_cancelled()
        if self._timers and self._holds > 0:
            delay = max(0.0, self._timers[0][0] - self.now())
            self._alarm = asyncio.get_running_loop().call_later(delay, self._fire)

    def _drop_cancelled(self) -> None:
        while self._timers and self._timers[0][2].cancelled:
            heappop(self._timers)

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
