"""Saves reports in the background, on a thread and loop of its own, so that no test waits for a model."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scenario._report.saving import RunReport

_FAREWELL = 5.0  # seconds in which what was cancelled must end


class ReportDesk:
    """Takes reports and saves each: at once as it is, then again with its analysis.

    Args:
        saved: called with the path of each new file, on any thread.
        failed: called with the name of a test and what went wrong, on the desk's thread.
    """

    def __init__(
        self, *, saved: Callable[[Path], None], failed: Callable[[str, BaseException], None]
    ) -> None:
        self._saved = saved
        self._failed = failed
        self._loop = asyncio.new_event_loop()
        self._pending: list[Future[None]] = []
        self._thread = threading.Thread(target=self._serve, name="scenario-reports", daemon=True)
        self._thread.start()

    def take(self, report: RunReport, *, test_name: str, folder: Path, analyse: bool) -> None:
        """Save a report, or, while a score is missing, have it saved; its analysis follows.

        Args:
            report: the report.
            test_name: for messages about it.
            folder: where it goes.
            analyse: whether a model analyses the run.

        Raises:
            OSError: it cannot be written.
        """
        # A small file, written here, is there whatever becomes of the process after the run.
        path = self._save(report, folder) if report.is_evaluated else None
        # An empty context: the run's usage is counted and its trace is closed.
        future = contextvars.Context().run(
            asyncio.run_coroutine_threadsafe,
            self._finish(report, path, test_name, folder, analyse),
            self._loop,
        )
        self._pending.append(future)

    def close(self, limit: float) -> int:
        """Wait until everything is saved; return how many analyses did not end in time.

        Args:
            limit: seconds to wait; what is not analysed then stays as it was saved.
        """
        late = wait(self._pending, limit).not_done
        for future in late:
            future.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2 * _FAREWELL)
        return len(late)

    def _save(self, report: RunReport, folder: Path) -> Path:
        path = report.save(report.document(), folder)
        self._saved(path)
        return path

    async def _finish(
        self, report: RunReport, path: Path | None, test_name: str, folder: Path, analyse: bool
    ) -> None:
        try:
            if path is None:
                try:
                    await report.evaluate()
                finally:  # also when the session does not wait for the scorer any longer
                    path = self._save(report, folder)
            if analyse:
                report.save_again(await report.analysed(report.document()), path)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is told, and changes no test
            self._failed(test_name, error)

    def _serve(self) -> None:
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._farewell())
        finally:
            self._loop.close()

    async def _farewell(self) -> None:
        from scenario._model import aclose_clients

        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=_FAREWELL)
        await aclose_clients()
