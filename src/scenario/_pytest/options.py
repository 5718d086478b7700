"""The command-line options, and the global configuration that they change for one session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scenario._pytest.distributed import has_workers

if TYPE_CHECKING:
    from scenario.config import ScenarioConfig

_CONFIG_MODULE = "scenario.config"
_PREVIOUS_CONFIG = pytest.StashKey["ScenarioConfig | None"]()
_HEADLESS_HELP = "Scenario: never open a browser"


def add_options(parser: pytest.Parser) -> None:
    """Declare the options whose names are ours alone."""
    group = parser.getgroup("scenario", "Scenario (tests of AI agents)")
    group.addoption("--scenario-headless", action="store_true", default=False, help=_HEADLESS_HELP)
    group.addoption(
        "--scenario-debug",
        action="store_true",
        default=False,
        help="Scenario: print conversations and ask before each generated user turn",
    )


def add_short_headless_option(parser: pytest.Parser) -> None:
    """Declare `--headless` unless another plugin or a conftest has it."""
    if not _is_taken(parser, "--headless"):
        parser.getgroup("scenario").addoption(
            "--headless",
            action="store_true",
            # Both options may be given; the default of one must not undo the other.
            default=False,
            dest="scenario_headless",
            help=f"{_HEADLESS_HELP} (short for --scenario-headless)",
        )


def _is_taken(parser: pytest.Parser, option: str) -> bool:
    try:
        _, unknown = parser.parse_known_and_unknown_args([option])
    except pytest.UsageError:  # It is known, and wants a value.
        return True
    return option not in unknown


def restore_configuration_at_end(config: pytest.Config) -> None:
    """Have the global configuration of now back when the session is over; the first call decides."""
    if _PREVIOUS_CONFIG in config.stash:
        return
    previous = config.stash[_PREVIOUS_CONFIG] = _global_configuration()
    config.add_cleanup(lambda: _set_global_configuration(previous))


def apply_options(config: pytest.Config) -> None:
    """Configure Scenario as the options say.

    Raises:
        pytest.UsageError: `--scenario-debug` in a session with xdist workers, which have no terminal.
    """
    headless, debug = config.getoption("scenario_headless"), config.getoption("scenario_debug")
    if debug and has_workers(config):
        raise pytest.UsageError(
            "--scenario-debug asks questions on the terminal, which xdist workers do not have; "
            "run without workers, for example with -n 0"
        )
    if not headless and not debug:
        return  # The import below costs more than the whole plugin.
    from scenario.config import ScenarioConfig

    ScenarioConfig.configure(
        headless=True if headless else None,
        verbose=True if debug else None,
        debug=True if debug else None,
    )


def _global_configuration() -> ScenarioConfig | None:
    # What was never imported is not configured either, and importing it here would be paid by every session.
    module = sys.modules.get(_CONFIG_MODULE)
    return module.ScenarioConfig.default_config if module else None


def _set_global_configuration(value: ScenarioConfig | None) -> None:
    if module := sys.modules.get(_CONFIG_MODULE):
        module.ScenarioConfig.default_config = value
