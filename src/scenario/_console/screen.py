"""The process's standard output: whole messages, above at most one unfinished line.

The unfinished line is the prompt of debug mode, or the spinner. It is there only on a terminal; a message
removes it, is written, and puts it back, all in one write.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TextIO

_ERASE_LINE = "\r\x1b[2K"


class Screen:
    """One per process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prompt = ""
        self._spinner = ""
        self._drawn = False

    @property
    def is_terminal(self) -> bool:
        """Whether standard output is a terminal that understands control codes."""
        output = _output()
        return output is not None and output.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def has_colour(self) -> bool:
        """Whether text may be coloured."""
        return self.is_terminal and not os.environ.get("NO_COLOR")

    def print(self, text: str) -> None:
        """Write `text` as lines of its own."""
        with self._lock:
            self._write(f"{text}\n")

    def spin(self, line: str) -> None:
        """Show `line` as the spinner, on a terminal; the empty string removes it."""
        with self._lock:
            if line != self._spinner:
                self._spinner = line
                self._write("")

    def open_prompt(self, prompt: str) -> None:
        """Show `prompt`; on a terminal what is typed stands behind it."""
        with self._lock:
            if self.is_terminal:
                self._prompt = prompt
                self._write("")
            else:
                self._write(f"{prompt}\n")

    def close_prompt(self, *, echoed: bool) -> None:
        """End the prompt. `echoed`: the terminal has shown the answer and begun a new line."""
        with self._lock:
            self._drawn = self._drawn and not echoed
            self._prompt = ""
            self._write("")

    def _write(self, text: str) -> None:
        unfinished = (self._prompt or self._spinner) if self.is_terminal else ""
        erase = _ERASE_LINE if self._drawn and self.is_terminal else ""
        self._drawn = bool(unfinished)
        written = f"{erase}{text}{unfinished}"
        output = _output()
        if written and output is not None:
            encoding = output.encoding or "utf-8"
            output.write(written.encode(encoding, "replace").decode(encoding))
            output.flush()


def _output() -> TextIO | None:
    return sys.stdout  # None in a process without a console


screen = Screen()
