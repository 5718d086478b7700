"""Sessions with xdist workers: each worker sends its runs to the controller, which reports them all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from scenario._reporter.reporter import ScenarioReporter

_KEY = "scenario_runs"
_logger = logging.getLogger("scenario")


class Worker:
    """The plugin of a worker: new runs travel with the next test report, the last ones at the end."""

    def __init__(self, config: Any, reporter: ScenarioReporter) -> None:
        self._config = config
        self._reporter = reporter
        self._sent = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Attach new runs before xdist sends the report, so that they outlive an aborted session."""
        # Reports of other classes (subtests) may lose what they do not know on the way.
        if type(report) is pytest.TestReport and (text := self._new_runs()):
            setattr(report, _KEY, text)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Attach what ended after the last report to the worker's farewell."""
        if text := self._new_runs():
            self._config.workeroutput[_KEY] = text

    def _new_runs(self) -> str | None:
        new = self._reporter.results[self._sent :]
        self._sent += len(new)
        if not new:
            return None
        from scenario._reporter.wire import encode

        try:
            return encode(new)
        except Exception as error:  # noqa: BLE001 - whatever a result holds, reporting must not fail a test
            _logger.warning("%d scenario runs are missing from the report: %r", len(new), error)
            return None


class Controller:
    """The plugin of the controller: takes in the runs of all workers."""

    def __init__(self, reporter: ScenarioReporter) -> None:
        self._reporter = reporter

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the runs that came with a test report."""
        self._take(getattr(report, _KEY, None))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the runs of a worker's farewell; a crashed one has none."""
        self._take(getattr(node, "workeroutput", {}).get(_KEY))

    def _take(self, text: str | None) -> None:
        if not text:
            return
        from scenario._reporter.wire import decode

        try:
            self._reporter.results += decode(text)
            # Whichever worker was faster, the report reads the same.
            self._reporter.results.sort(key=lambda run: run["scenario"].place.node_id or "")
        except Exception as error:  # noqa: BLE001 - as above
            _logger.warning("scenario runs of a worker are missing from the report: %r", error)


def connect(config: pytest.Config, reporter: ScenarioReporter) -> None:
    """Register what this process, worker or controller, contributes to a distributed session."""
    if is_worker(config):
        config.pluginmanager.register(Worker(config, reporter), "scenario-worker")
    elif has_workers(config):
        config.pluginmanager.register(Controller(reporter), "scenario-controller")


def is_worker(config: pytest.Config) -> bool:
    """Tell whether this process is an xdist worker."""
    return hasattr(config, "workerinput")


def has_workers(config: pytest.Config) -> bool:
    """Tell whether this process is an xdist controller, whose tests run in workers."""
    return config.getoption("dist", "no") != "no" and bool(config.getoption("tx", None))
