"""Runs a coroutine in a thread and on an event loop of its own, so that blocking code blocks only itself."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from scenario._engine.slots import SlotQueue, inside_run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger("scenario")
_slots = SlotQueue()
T = TypeVar("T")

UNWIND_SECONDS = 5.0
"""How long a cancelled run, or the tasks that adapters left behind, may take to end."""


async def run_isolated(
    main: Callable[[], Awaitable[T]], *, at_end: Callable[[], Awaitable[None]] | None = None
) -> T:
    """Run `main()` in a daemon thread with a private event loop and the caller's context variables.

    Cancelling the caller cancels `main`; the caller then waits until it has unwound, at most 5 seconds. A
    thread that is stuck in blocking code is left behind and does not keep the process alive.

    Args:
        main: makes the coroutine to run.
        at_end: is awaited on the private loop before it is closed.
    """
    async with _slots.slot():
        job = _Job(main, at_end)
        context = contextvars.copy_context()
        context.run(inside_run.set, True)
        threading.Thread(target=context.run, args=(job.work,), name="scenario run", daemon=True).start()
        try:
            await asyncio.shield(job.finished)
        except asyncio.CancelledError:
            job.cancel()
            await asyncio.wait([job.finished], timeout=UNWIND_SECONDS)
            raise
        return job.result()


class _Job(Generic[T]):
    """The work of one thread, and the future of the caller's loop that says when it is over."""

    def __init__(
        self, main: Callable[[], Awaitable[T]], at_end: Callable[[], Awaitable[None]] | None
    ) -> None:
        self._main = main
        self._at_end = at_end
        self._caller = asyncio.get_running_loop()
        self.finished: asyncio.Future[None] = self._caller.create_future()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._cancelled = False
        self._outcome: Callable[[], T] | None = None

    def work(self) -> None:
        """Run everything; the thread's whole life."""
        try:
            self._outcome = self._run()
        except BaseException as error:  # noqa: BLE001  # carried over to the caller, whatever it is
            self._outcome = _raiser(error)
        finally:
            try:
                self._caller.call_soon_threadsafe(_done, self.finished)
            except RuntimeError:
                _log.debug("the loop that started a run was closed before the run ended")

    def _run(self) -> Callable[[], T]:
        loop = asyncio.new_event_loop()
        try:
            asyncio.set_event_loop(loop)
            task = loop.create_task(_awaited(self._main))
            with self._lock:
                self._loop, self._task = loop, task
                if self._cancelled:
                    task.cancel()
            exit_asked = _driven(loop, task)
            _driven(loop, loop.create_task(_tidy(self._at_end)))
            error = exit_asked or (None if task.cancelled() else task.exception())
            # Not `task.result`: a task shows the traceback of its exception once, and has done so by now.
            return task.result if error is None else _raiser(error)
        finally:
            with self._lock:
                self._loop = None
            asyncio.set_event_loop(None)
            loop.close()

    def cancel(self) -> None:
        """Cancel the work, from the caller's thread."""
        with self._lock:
            self._cancelled = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)

    def result(self) -> T:
        """Return what the work returned, or raise what it raised."""
        if self._outcome is None:
            raise RuntimeError("the run has not ended")
        return self._outcome()


def _driven(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> BaseException | None:
    """Run a task to its end, which keeps how it ended; return an exit that another task asked for meanwhile.

    `KeyboardInterrupt` and `SystemExit` leave the loop at once, whichever task raises them.
    """
    exit_asked: BaseException | None = None
    while not task.done():
        try:
            loop.run_until_complete(task)
        except BaseException as error:  # noqa: BLE001  # carried over to the caller, whatever it is
            if not task.done():
                exit_asked = error
                task.cancel()
    return exit_asked


def _raiser(error: BaseException) -> Callable[[], NoReturn]:
    def result() -> NoReturn:
        raise error

    return result


async def _awaited(main: Callable[[], Awaitable[T]]) -> T:
    return await main()


def _done(finished: asyncio.Future[None]) -> None:
    if not finished.done():
        finished.set_result(None)


async def _tidy(at_end: Callable[[], Awaitable[None]] | None) -> None:
    """End what adapters left on the loop: tasks, async generators, clients, executor threads."""
    loop = asyncio.get_running_loop()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        _, stuck = await asyncio.wait(left, timeout=UNWIND_SECONDS)
        if stuck:
            _log.warning("%d tasks of a run ignored their cancellation: %r", len(stuck), stuck)
    try:
        async with asyncio.timeout(UNWIND_SECONDS):
            if at_end is not None:
                await at_end()
            await loop.shutdown_asyncgens()
    except Exception as error:  # noqa: BLE001  # the run has its result; what is left is only to be told
        _log.warning("ending a run's event loop: %r", error)
