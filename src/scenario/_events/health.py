"""Whether an endpoint can be reached at present."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAILURES_UNTIL_DOWN = 3
SECONDS_UNTIL_PROBE = 30.0


class Health:
    """Counts failed attempts in a row: three take the endpoint down.

    After 30 s one attempt is let through as a probe; if it fails too, the endpoint is down for another 30 s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start as reachable; `clock` gives seconds."""
        self._clock = clock
        self._failures = 0
        self._probe_at = 0.0
        self.lost = 0

    @property
    def down(self) -> bool:
        """Whether nothing should be posted now."""
        return self._failures >= FAILURES_UNTIL_DOWN and self._clock() < self._probe_at

    def failed(self) -> bool:
        """Count a failed attempt; return whether the endpoint is down now."""
        self._failures += 1
        if self._failures < FAILURES_UNTIL_DOWN:
            return False
        self._probe_at = self._clock() + SECONDS_UNTIL_PROBE
        return True

    def answered(self) -> int:
        """Note that the endpoint answers; return how many events were lost while it did not."""
        self._failures = 0
        lost, self.lost = self.lost, 0
        return lost
