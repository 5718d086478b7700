"""Slow loading of packages at first use: once per process, in a thread, while the event loops go on."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

T = TypeVar("T")

_loads: dict[str, Future[Any]] = {}
_lock = threading.Lock()


async def load_once(key: str, load: Callable[[], T]) -> T:
    """Return what `load` returns; it is called once for `key`, however many loops and threads ask.

    A failed `load` is raised to all who wait for it, and the next caller tries again.
    """
    with _lock:
        future = _loads.get(key)
        if future is None:
            future = _loads[key] = Future[Any]()
            future.set_running_or_notify_cancel()  # from here on, nobody who waits can cancel it
            threading.Thread(target=_run, args=(key, load, future), name=f"load {key}", daemon=True).start()
    return future.result() if future.done() else await asyncio.wrap_future(future)


async def import_off_loop(name: str) -> ModuleType:
    """Return the module `name`; the first time it is imported in a thread."""
    return await load_once(name, partial(import_module, name))


def _run(key: str, load: Callable[[], Any], future: Future[Any]) -> None:
    try:
        result = load()
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
        with _lock:
            del _loads[key]
        future.set_exception(error)
    else:
        future.set_result(result)
