"""The one background thread of the process that delivers events."""

from __future__ import annotations

import atexit
import logging
import os
import threading

from scenario._events.log import warn
from scenario._events.queue import EventQueue

logger = logging.getLogger("scenario")

EXIT_TIMEOUT = 5.0

_lock = threading.Lock()
_queue: EventQueue | None = None
_hooked = False


def delivery_queue() -> EventQueue:
    """Return the queue of this process; the first call starts the worker."""
    global _queue, _hooked
    with _lock:
        if _queue is None:
            queue = EventQueue()
            # A daemon: a server that hangs must not hold up the end of the process.
            threading.Thread(target=_work, args=(queue,), name="scenario-events", daemon=True).start()
            _queue = queue
            if not _hooked:
                atexit.register(_finish)
                if hasattr(os, "register_at_fork"):
                    os.register_at_fork(after_in_child=forget_worker)
                _hooked = True
        return _queue


def forget_worker() -> None:
    """Start anew with the next event: after a fork the thread is gone, and locks may be held for ever."""
    global _lock, _queue
    _lock = threading.Lock()
    _queue = None


def _work(queue: EventQueue) -> None:
    # Imported here because they bring the HTTP library, which would block an event loop.
    from scenario._events.client import EventClient
    from scenario._events.poster import Poster

    poster = Poster(queue, EventClient())
    while True:
        job = queue.take()
        try:
            poster.post(job)
        except Exception:  # noqa: BLE001 - `warn` logs it; the next event may fare better
            warn("An event could not be posted.", exc_info=True)
        finally:
            queue.done(job)
        del job  # or it would keep the conversation alive until the next one


def _finish() -> None:
    if _queue is not None and not _queue.wait_until_empty(EXIT_TIMEOUT):
        logger.debug("The process ends with events undelivered.")
