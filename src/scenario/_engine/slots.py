"""The limit on runs that have a thread of their own: waiting runs hold nothing and start in order."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import threading
from collections import deque
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_log = logging.getLogger("scenario")
_VARIABLE = "SCENARIO_MAX_CONCURRENT_RUNS"
_warned: set[str] = set()

inside_run: ContextVar[bool] = ContextVar("scenario_inside_run", default=False)
"""Whether this context belongs to a run that holds a slot; a run started inside it must not wait for one."""


def default_limit() -> int:
    """Return the limit that leaves every run four descriptors and the process 256."""
    try:
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except (ImportError, OSError, ValueError):
        return 64
    if soft < 0:
        return 512
    return max(8, min(512, (soft - 256) // 4))


def limit() -> int:
    """Return how many runs may have a thread at once."""
    text = os.environ.get(_VARIABLE, "")
    if re.fullmatch(r"\s*0*[1-9]\d{0,8}\s*", text, re.ASCII):
        return int(text)
    if text and text not in _warned:
        _warned.add(text)
        _log.warning("%s must be a positive number, got %r; using %d", _VARIABLE, text, default_limit())
    return default_limit()


class SlotQueue:
    """Slots shared by all event loops of the process, given in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None]:
        """Hold a slot; waits for one, except inside a run."""
        if inside_run.get():
            yield
            return
        await self._acquire()
        try:
            yield
        finally:
            self._release()

    async def _acquire(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._taken < limit() and not self._waiting:
                self._taken += 1
                return
            granted = loop.create_future()
            self._waiting.append((loop, granted))
        try:
            await granted
        except asyncio.CancelledError:
            with self._lock:
                try:
                    self._waiting.remove((loop, granted))
                except ValueError:
                    # The slot was on its way to this waiter: hand it on.
                    self._taken -= 1
            self._grant()
            raise

    def _release(self) -> None:
        with self._lock:
            self._taken -= 1
        self._grant()

    def _grant(self) -> None:
        with self._lock:
            while self._waiting and self._taken < limit():
                loop, granted = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_resolve, granted)
                except RuntimeError:  # that loop is closed, and with it the waiter is gone
                    continue
                self._taken += 1


def _resolve(granted: asyncio.Future[None]) -> None:
    if not granted.done():
        granted.set_result(None)
