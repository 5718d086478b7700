"""Programs on a real pseudo-terminal or on pipes."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import textwrap
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]

PREAMBLE = """
import asyncio, sys, threading
from scenario._console import ConsoleObserver, ask
from scenario._console.screen import screen
from scenario.types import AgentRole
from tests.console.runs import OUTCOME, run_info
"""


def _start(program: str, environment: dict[str, str], **streams: Any) -> subprocess.Popen[bytes]:
    base = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(program)],
        env=base | {"TERM": "xterm", "PYTHONPATH": str(_ROOT)} | environment,
        **streams,
    )


class Terminal:
    """The person's side of a pseudo-terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.seen = ""

    def read_until(self, text: str) -> str:
        """Return what came up to and with `text`, which is then taken as read."""
        while text not in self.seen:
            self._read()
        end = self.seen.index(text) + len(text)
        taken, self.seen = self.seen[:end], self.seen[end:]
        return taken

    def read_all(self) -> str:
        """Return what comes until the program has ended."""
        try:
            while self._read():
                pass
        except OSError:  # How a pseudo-terminal says that nobody is left on the other side.
            pass
        return self.seen

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._descriptor], [], [], 30)
        assert ready, f"nothing more came after {self.seen!r}"
        data = os.read(self._descriptor, 4096)
        self.seen += data.decode()
        return data

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())


@contextmanager
def on_terminal(program: str, **environment: str) -> Iterator[Terminal]:
    """Run `program` on a terminal; it must end well."""
    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.ONLCR  # Newlines arrive as they were written.
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    process = _start(program, environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    terminal = Terminal(ours)
    try:
        yield terminal
        terminal.read_all()
        assert process.wait(30) == 0, terminal.seen
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@contextmanager
def on_pipes(program: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `program` with its standard streams on pipes."""
    pipe = subprocess.PIPE
    process = _start(program, environment, stdin=pipe, stdout=pipe, stderr=pipe)
    with process:
        try:
            yield process
        finally:
            process.kill()


def piped(program: str, text: str = "", **environment: str) -> tuple[str, str]:
    """Run `program` with `text` as its input; return its output and its errors. It must end well."""
    with on_pipes(program, **environment) as process:
        output, errors = process.communicate(text.encode(), timeout=30)
        assert process.returncode == 0, errors.decode()
        return output.decode(), errors.decode()
