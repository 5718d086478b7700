"""Runs a coroutine to its end for a caller that cannot await."""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_T = TypeVar("_T")


def run_to_end(start: Callable[[], Coroutine[None, None, _T]]) -> _T:
    """Return what a coroutine returns, on a loop and in a thread of its own; it blocks the caller.

    Args:
        start: makes the coroutine.
    """
    context = contextvars.copy_context()
    # The caller may stand in a running loop, in which no second one can run.
    with ThreadPoolExecutor(1, thread_name_prefix="scenario-report") as thread:
        return thread.submit(context.run, asyncio.run, _with_clients(start)).result()


async def _with_clients(start: Callable[[], Coroutine[None, None, _T]]) -> _T:
    from scenario._model import aclose_clients

    try:
        return await start()
    finally:
        await aclose_clients()
