"""The pytest plugin: marks and options, one batch per session, and a report of all scenarios at its end.

It is loaded by every test session of the environment in which Scenario is installed, so it imports next to
nothing before a scenario runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario._pytest.distributed import connect, is_worker
from scenario._pytest.options import (
    add_options,
    add_short_headless_option,
    apply_options,
    restore_configuration_at_end,
)
from scenario._pytest.prompts import open_terminal
from scenario._pytest.red_team_reports import watch_red_team_runs, write_red_team_summary
from scenario._pytest.session import REPORTER, open_batch, open_session
from scenario._pytest.summary import write_report

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenario._reporter.reporter import ScenarioReporter

_NAMES = ("scenario", "scenario.pytest_plugin")


class _LoadedElsewhere:
    """Takes the plugin's other name, under which pytest would otherwise refuse to load it again."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options."""
    for name in _NAMES:
        if not pluginmanager.has_plugin(name):
            pluginmanager.register(_LoadedElsewhere(), name)
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Generator[None, object, object]:
    """Remember the configuration before conftests change it; offer `--headless` if they leave it free."""
    restore_configuration_at_end(early_config)
    result = yield
    add_short_headless_option(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Open the session: marker, options, batch and collector."""
    config.addinivalue_line("markers", "agent_test: the test runs scenarios against an agent")
    restore_configuration_at_end(config)
    apply_options(config)
    if not is_worker(config):
        open_batch(config)
    connect(config, open_session(config))
    watch_red_team_runs(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Open the terminal to prompts if they were asked for."""
    if session.config.getoption("scenario_debug"):
        open_terminal(session.config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report the scenarios of the session, and where the reports of red-team runs are."""
    write_report(terminalreporter)
    write_red_team_summary(terminalreporter)


@pytest.fixture(scope="session")
def scenario_reporter(request: pytest.FixtureRequest) -> ScenarioReporter:
    """The session's `ScenarioReporter`; in an xdist worker it holds that worker's own runs."""
    return request.config.stash[REPORTER]
