"""Saves a report of every red-team run of a session, whatever the run came to."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scenario._observer import Observer, add_process_observer, process_observers, remove_process_observer
from scenario._pytest.distributed import is_worker
from scenario._report.batch import batch_dir, begin_session, new_batch_dir
from scenario._reporter.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._observer import RunInfo, RunOutcome
    from scenario._report.desk import ReportDesk
    from scenario.red_team_agent import RedTeamAgent
    from scenario.types import Message

_REPORTS = pytest.StashKey["RedTeamReports"]()
_KEY = "scenario_red_team_reports"

_LIMIT = 60.0  # seconds that the end of a session waits for analyses
_LIMIT_INTERRUPTED = 3.0
_LONGEST = 300  # characters of a problem


class RedTeamReports(Observer):
    """Watches the runs that start while it is the innermost of its kind, and hands in their reports.

    Attributes:
        saved: the files of this session, of its workers too.
        problems: what could not be done, one line each.

    Args:
        config: the session's configuration.
        folder: the session's batch folder.
    """

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.saved: list[str] = []
        self.problems: list[str] = []
        self._config = config
        self._folder = folder
        self._root = Path.cwd()  # tests change it
        self._runs: set[str] = set()
        self._desk: ReportDesk | None = None
        self._lock = threading.Lock()

    # As an observer of runs

    def run_started(self, run: RunInfo) -> None:
        """Claim the run."""
        if self is _innermost():
            self._runs.add(run.run_id)

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: Sequence[Message]) -> None:
        """Hand in a report for each attacker of the run."""
        if run.run_id not in self._runs:
            return
        self._runs.discard(run.run_id)
        attackers = _attackers(run)
        if not attackers or os.environ.get("SCENARIO_REDTEAM_REPORT") == "0":
            return
        from scenario._report.automatic import report_of

        chosen = os.environ.get("SCENARIO_REDTEAM_REPORT_DIR")
        try:
            for attacker in attackers:
                self._open_desk().take(
                    report_of(attacker, run, outcome, messages),
                    test_name=run.name,
                    folder=self._root / Path(chosen).expanduser() if chosen else batch_dir(),
                    analyse=os.environ.get("SCENARIO_REDTEAM_ANALYZE") != "0",
                )
        except Exception as error:  # noqa: BLE001 - a report must not change a test
            self._failed(run.name, error)

    def _open_desk(self) -> ReportDesk:
        from scenario._report.desk import ReportDesk

        with self._lock:
            if self._desk is None:
                self._desk = ReportDesk(saved=lambda path: self.saved.append(str(path)), failed=self._failed)
            return self._desk

    def _failed(self, test_name: str, error: BaseException) -> None:
        reason = one_line(f"{type(error).__name__}: {error}", _LONGEST)
        self.problems.append(f"The red-team report of {one_line(test_name, 100)} is not complete: {reason}")

    # As a plugin of the session

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Wait for what is not saved yet, in bounded time; a worker tells the controller what it did."""
        self.close(_LIMIT_INTERRUPTED if exitstatus == pytest.ExitCode.INTERRUPTED else _LIMIT)
        if is_worker(self._config) and (self.saved or self.problems):
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]  # xdist's
            output[_KEY] = {"saved": self.saved, "problems": self.problems}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the session's folder."""
        node.workerinput[_KEY] = str(self._folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what a worker did; a crashed one does not say."""
        told = getattr(node, "workeroutput", {}).get(_KEY, {})
        self.saved += told.get("saved", [])
        self.problems += told.get("problems", [])

    def close(self, limit: float) -> None:
        """Finish the reports of the session, in at most `limit` seconds and a few for the farewell."""
        desk, self._desk = self._desk, None
        if desk is not None and (late := desk.close(limit)):
            self.problems.append(f"{late} red-team reports have no analysis: it took more than {limit:g} s")


def watch_red_team_runs(config: pytest.Config) -> None:
    """Begin to save reports; it ends with the configuration."""
    worker_input = getattr(config, "workerinput", {})
    folder = Path(worker_input[_KEY]) if _KEY in worker_input else new_batch_dir()
    reports = config.stash[_REPORTS] = RedTeamReports(config, folder)
    config.add_cleanup(begin_session(folder))
    add_process_observer(reports)
    config.add_cleanup(lambda: remove_process_observer(reports))
    config.add_cleanup(lambda: reports.close(0))  # where the session did not come to its end
    config.pluginmanager.register(reports, "scenario-red-team-reports")


def write_red_team_summary(terminal: pytest.TerminalReporter) -> None:
    """Say where the reports are, as far as the verbosity allows, and what went wrong with them."""
    reports = terminal.config.stash[_REPORTS]
    folders = sorted({str(Path(path).parent) for path in reports.saved})
    if folders and not terminal.no_summary and terminal.verbosity > -2:
        terminal.write_line("")
        for folder in folders:
            terminal.write_line(f"Red-team reports: {folder}")
    for problem in reports.problems:
        terminal.write_line(problem, yellow=True)


def _innermost() -> RedTeamReports | None:
    watching = (other for other in reversed(process_observers()) if isinstance(other, RedTeamReports))
    return next(watching, None)


def _attackers(run: RunInfo) -> list[RedTeamAgent]:
    # What was never imported takes no part in a run, and importing it would be paid by every session.
    module = sys.modules.get("scenario.red_team_agent")
    return [agent for agent in run.agents if isinstance(agent, module.RedTeamAgent)] if module else []
