"""One test session: its batch, its reporter, and the test that is running."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scenario._ids import new_id
from scenario._observer import add_process_observer, remove_process_observer
from scenario._reporter.collector import Collector
from scenario._reporter.reported_run import NOWHERE, Place
from scenario._reporter.reporter import ScenarioReporter

if TYPE_CHECKING:
    from collections.abc import Generator

REPORTER = pytest.StashKey[ScenarioReporter]()

_BATCH_VARIABLE = "SCENARIO_BATCH_RUN_ID"


class CurrentTest:
    """The plugin that tells the reporter which test is running, and which attempt at it."""

    def __init__(self, reporter: ScenarioReporter) -> None:
        self._reporter = reporter

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Name the test for as long as it runs, all attempts included."""
        self._reporter.place = Place(item.nodeid, attempt=0)
        try:
            return (yield)
        finally:
            self._reporter.place = NOWHERE

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Count the attempt: plugins that repeat a test set it up again."""
        self._reporter.place = Place(item.nodeid, self._reporter.place.attempt + 1)


def open_session(config: pytest.Config) -> ScenarioReporter:
    """Start to collect the runs of this session; what is opened is closed with the configuration."""
    reporter = config.stash[REPORTER] = ScenarioReporter()
    collector = Collector(reporter)
    add_process_observer(collector)
    config.add_cleanup(lambda: remove_process_observer(collector))
    config.pluginmanager.register(CurrentTest(reporter), "scenario-current-test")
    return reporter


def open_batch(config: pytest.Config) -> None:
    """Give all runs of the session, those of its workers too, one batch id."""
    if os.environ.get(_BATCH_VARIABLE):
        return
    batch_id = os.environ[_BATCH_VARIABLE] = new_id("scenariobatch")

    def close_batch() -> None:
        if os.environ.get(_BATCH_VARIABLE) == batch_id:
            del os.environ[_BATCH_VARIABLE]

    config.add_cleanup(close_batch)
