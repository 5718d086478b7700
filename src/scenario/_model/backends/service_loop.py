"""One event loop in a thread of its own, for a library that cannot cope with many loops."""

from __future__ import annotations

import asyncio
import atexit
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class _ServiceLoop(threading.Thread):
    """The thread; it lasts to the end of the process."""

    def __init__(self) -> None:
        super().__init__(name="scenario-model-service", daemon=True)
        self.loop = asyncio.new_event_loop()

    def run(self) -> None:
        self.loop.run_forever()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(5)


_service: _ServiceLoop | None = None
_lock = threading.Lock()


async def run_on_service_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` on the service loop, with the caller's context variables, and return its result.

    Cancelling the caller cancels the coroutine.
    """
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, _running_loop()))


def _running_loop() -> asyncio.AbstractEventLoop:
    global _service
    with _lock:
        if _service is None or not _service.is_alive():  # a fork leaves threads behind
            _service = _ServiceLoop()
            _service.start()
            atexit.register(_service.stop)
        return _service.loop
