"""Taking turns across event loops and threads, first come first served, without blocking a loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Turnstile:
    """Lets one at a time through, whatever loop it runs on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for one's turn and hold it."""
        ticket: Future[None] = Future()
        ticket.set_running_or_notify_cancel()  # Cancelling the wait must not touch the ticket.
        with self._lock:
            self._queue.append(ticket)
            self._admit_first()
        try:
            await asyncio.wrap_future(ticket)
            yield
        finally:
            with self._lock:
                self._queue.remove(ticket)
                self._admit_first()

    def _admit_first(self) -> None:
        if self._queue and not self._queue[0].done():
            self._queue[0].set_result(None)
