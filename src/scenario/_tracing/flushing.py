"""Flushing of exporters at the end of runs, off the event loop and for a bounded time."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

logger = logging.getLogger("scenario")

FLUSH_LIMIT = 5.0
PAUSE_AFTER_TIMEOUT = 30.0


class Flusher:
    """Flushes one provider for any number of runs at once.

    Runs that end while a flush is going on share the next one. The work is done in one daemon thread that
    lives as long as somebody waits: a thread of the loop's executor would hold up the loop's closing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Future[None]] = []
        self._working = False
        self._paused_until = 0.0

    async def flush(self, provider: TracerProvider) -> None:
        """Wait until all spans that have ended are flushed, at most `FLUSH_LIMIT` seconds.

        After a time-out nobody waits for a while: the exporter would only time out again.

        Args:
            provider: the provider whose processors are flushed, always the same for one flusher.
        """
        if time.monotonic() < self._paused_until:
            return
        try:
            async with asyncio.timeout(FLUSH_LIMIT):
                await asyncio.wrap_future(self._request(provider))
        except TimeoutError:
            self._paused_until = time.monotonic() + PAUSE_AFTER_TIMEOUT
            logger.warning(
                "span exporters did not finish within %.0f s of the end of a run; the next runs do not wait "
                "for them",
                FLUSH_LIMIT,
            )

    def _request(self, provider: TracerProvider) -> Future[None]:
        waiter: Future[None] = Future()
        with self._lock:
            self._waiting.append(waiter)
            if not self._working:
                Thread(target=self._work, args=(provider,), name="scenario-span-flush", daemon=True).start()
                self._working = True
        return waiter

    def _work(self, provider: TracerProvider) -> None:
        while True:
            with self._lock:
                waiters, self._waiting = self._waiting, []
                if not waiters:
                    self._working = False
                    return
            try:
                provider.force_flush(int(FLUSH_LIMIT * 1000))
            except Exception:
                logger.warning("span exporters could not be flushed", exc_info=True)
            for waiter in waiters:
                if waiter.set_running_or_notify_cancel():
                    waiter.set_result(None)


_flushers: WeakKeyDictionary[TracerProvider, Flusher] = WeakKeyDictionary()
_flushers_lock = Lock()


def flusher_of(provider: TracerProvider) -> Flusher:
    """Return the flusher that all runs on a provider share."""
    with _flushers_lock:
        flusher = _flushers.get(provider)
        if flusher is None:
            flusher = _flushers[provider] = Flusher()
        return flusher
