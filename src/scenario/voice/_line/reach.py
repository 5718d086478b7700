"""Calls an adapter on the loop on which it was connected."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Reach:
    """An adapter's methods, awaitable from the run's loop.

    An adapter that its user connected may live on another loop than the run (`scenario.run` has its own).

    Args:
        home: the loop that the adapter lives on; `None` is the run's.
    """

    def __init__(self, home: asyncio.AbstractEventLoop | None) -> None:
        self._run = asyncio.get_running_loop()
        self._home = None if home is self._run else home

    @property
    def is_remote(self) -> bool:
        """Whether the adapter lives on another loop."""
        return self._home is not None

    async def call(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method there, and await what it returns if that is awaitable."""
        if self._home is None:
            return await _called(method, *args)
        there = asyncio.run_coroutine_threadsafe(_called(method, *args), self._home)
        return await asyncio.wrap_future(there)

    def here(self, callback: Callable[[], object]) -> None:
        """Run a callback on the run's loop: at once if that is the running one."""
        if self._home is None or _running_loop() is self._run:
            callback()
        else:
            self._run.call_soon_threadsafe(callback)


async def _called(method: Callable[..., Any | Awaitable[Any]], *args: Any) -> Any:
    outcome = method(*args)
    return await outcome if inspect.isawaitable(outcome) else outcome


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
