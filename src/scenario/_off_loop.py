"""Runs blocking file work in a few threads of the process, so that it never delays an event loop."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


async def off_loop(function: Callable[..., R], *args: object) -> R:
    """Return `function(*args)`, called in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads(os.getpid()), function, *args)


@lru_cache(maxsize=1)
def _threads(_process: int) -> ThreadPoolExecutor:
    # By process, because threads do not survive a fork. Shared by all loops: each of many concurrent `run()`s
    # has a loop of its own, whose default executor would add threads for each.
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="scenario-files")
