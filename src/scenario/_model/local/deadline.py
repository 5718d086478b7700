"""A time limit for blocking functions that have none, such as the resolution of a host name."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def start(function: Callable[[], T], *, name: str) -> Future[T]:
    """Run `function` in a thread that does not keep the process alive."""
    future: Future[T] = Future()
    # Now that it runs, a waiter that is cancelled does not cancel it for the others.
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits, as an executor does
            future.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def within(seconds: float, function: Callable[[], T], *, name: str) -> T:
    """Return what `function` returns, or give up waiting.

    Raises:
        TimeoutError: it took longer; its thread goes on alone.
    """
    return start(function, name=name).result(timeout=seconds)
