"""What is left behind: tasks, threads and open files of this process."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from pathlib import Path

Resources = tuple[int, int, int]


def resources() -> Resources:
    """Return how many tasks, threads (of others than asyncio's pool) and open files there are."""
    gc.collect()
    # "Dummy-" are threads that Python did not start: those of a native runtime, seen when they first log.
    pools = ("asyncio_", "Dummy-")
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith(pools)]
    files = Path("/proc/self/fd" if Path("/proc/self/fd").exists() else "/dev/fd")
    return len(asyncio.all_tasks()), len(threads), len(list(files.iterdir()))


async def settled(expected: Resources, seconds: float = 5.0) -> Resources:
    """Return the resources when they are down to `expected`, or what they are after some seconds."""
    deadline = time.monotonic() + seconds
    while is_more(found := resources(), expected) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return found


def is_more(found: Resources, expected: Resources) -> bool:
    return any(now > then for now, then in zip(found, expected, strict=True))
