"""The observer that prints the conversation as it grows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scenario._console.layout import layout
from scenario._console.safe_text import safe_line
from scenario._console.screen import screen
from scenario._console.spinner import spinner
from scenario._observer import Observer

if TYPE_CHECKING:
    from scenario._observer import RunInfo, RunOutcome
    from scenario.types import AgentRole, Message

_GREEN, _BLUE, _MAGENTA, _PLAIN = "\x1b[32m", "\x1b[34m", "\x1b[35m", "\x1b[0m"

_active_lock = threading.Lock()
_active_runs: set[str] = set()


class ConsoleObserver(Observer):
    """Prints every message of verbose runs; on a terminal a spinner says who is acting.

    The spinner needs the terminal for itself: it is there only while one scenario is active in the process.
    """

    def run_started(self, run: RunInfo) -> None:
        """Note that a scenario is active; the spinner of another one ends."""
        with _active_lock:
            _active_runs.add(run.run_id)
            if len(_active_runs) > 1:
                spinner.clear()

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: object) -> None:
        """Note that the scenario is over."""
        with _active_lock:
            _active_runs.discard(run.run_id)
            spinner.clear()

    def call_started(self, run: RunInfo, agent: str, role: AgentRole) -> None:
        """Show who is acting."""
        with _active_lock:
            if run.config.verbose > 0 and screen.is_terminal and _active_runs == {run.run_id}:
                spinner.show(_acting(agent, role))

    def call_ended(self, run: RunInfo, agent: str, role: AgentRole) -> None:
        """Show it no more."""
        spinner.hide(_acting(agent, role))

    def message_added(self, run: RunInfo, message: Message) -> None:
        """Print the message, in one write."""
        if run.config.verbose > 0:
            text = "\n".join(f"{_coloured(label)} {text}".rstrip() for label, text in layout(message))
            screen.print(_prefixed(text, run.name) if run.config.verbose > 1 else text)


def _acting(agent: str, role: AgentRole) -> str:
    return f"{role.value}: {safe_line(agent)} is acting ..."


def _coloured(label: str) -> str:
    colour = {"User": _GREEN, "Agent": _BLUE}.get(label, _MAGENTA if label.startswith("Tool") else "")
    return f"{colour}{label}:{_PLAIN}" if colour and screen.has_colour else f"{label}:"


def _prefixed(text: str, name: str) -> str:
    prefix = f"[Scenario: {safe_line(name)}] "
    return "\n".join(f"{prefix}{line}" for line in text.split("\n"))
