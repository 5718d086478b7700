"""Something awaited for a limited time, whether it heeds its cancellation or not."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

_log = logging.getLogger("scenario")
_UNWIND = 5.0  # seconds to heed its cancellation: one that has begun a paid call ends it first


class TookTooLongError(TimeoutError):
    """The time is over; not to be confused with a time-out of what was awaited."""


async def within(seconds: float, coroutine: Coroutine[Any, Any, Any], *, name: str) -> Any:
    """Await a coroutine for at most so many seconds; one that swallows its cancellation is left behind.

    Args:
        seconds: the limit.
        coroutine: what is awaited, in a task of its own.
        name: of it in the log.

    Raises:
        TookTooLongError: it was not done by then.
    """
    task = asyncio.create_task(coroutine, name=name)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_UNWIND)
            if not task.done():
                _log.warning("%s ignores its cancellation", name)
            task.add_done_callback(_asked_for)
    if not done:
        raise TookTooLongError
    return task.result()


def _asked_for(task: asyncio.Task[Any]) -> None:
    _ = task.cancelled() or task.exception()  # or asyncio reports it as forgotten
