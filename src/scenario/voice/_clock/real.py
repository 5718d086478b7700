"""Real time."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from scenario.voice._clock.clock import Clock, Timer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


class RealClock(Clock):
    """Monotonic time."""

    virtual = False

    def now(self) -> float:
        """Return the monotonic time in seconds."""
        return time.monotonic()

    def call_at(self, moment: float, callback: Callable[[], object]) -> Timer:
        """Have `callback` called at `moment`."""
        return asyncio.get_running_loop().call_later(max(0.0, moment - self.now()), callback)

    def hold(self) -> AbstractContextManager[object]:
        """Real time needs no holding."""
        return nullcontext()

    def released(self) -> AbstractContextManager[object]:
        """Real time needs no holding."""
        return nullcontext()
