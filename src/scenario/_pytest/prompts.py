"""Lets `--scenario-debug` ask on the terminal although pytest captures input and output."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator


class OpenTerminal:
    """The plugin that suspends capturing while fixtures are set up and while a test runs."""

    def __init__(self, capture_manager: Any) -> None:
        self._capture_manager = capture_manager

    # Inside the capture plugin's own wrappers, which begin by capturing.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Suspend capturing during set-up: fixtures run scenarios too."""
        with self._suspended():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Suspend capturing during the test."""
        with self._suspended():
            return (yield)

    @contextmanager
    def _suspended(self) -> Generator[None]:
        self._capture_manager.suspend(in_=True)
        try:
            yield
        finally:
            self._capture_manager.resume()


def open_terminal(config: pytest.Config) -> None:
    """Make prompts possible, and say that they will come."""
    if capture_manager := config.pluginmanager.get_plugin("capturemanager"):
        config.pluginmanager.register(OpenTerminal(capture_manager), "scenario-open-terminal")
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        terminal.write_line(
            "Scenario debug mode: before each generated user turn, press Enter to let the simulator speak, "
            "or type the user's message."
        )
