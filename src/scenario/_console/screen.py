"""The process's standard output: whole messages, above at most one unfinished line.

The unfinished line is the prompt of debug mode, or the spinner. It is there only on a terminal; a message
removes it, is written, and puts it back, all in one write.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

_logger = logging.getLogger("scenario")

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
        try:
            return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        except (AttributeError, ValueError):  # no stdout, somebody's stand-in for it, a closed file
            return False

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
        if not written:
            return
        try:
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
            sys.stdout.write(written.encode(encoding, "replace").decode(encoding))
            sys.stdout.flush()
        except (AttributeError, OSError, ValueError):  # as above, or nobody reads the pipe any more
            _logger.debug("stdout takes no text", exc_info=True)


screen = Screen()
