"""The question of debug mode: what the user says, or that the simulator shall say it."""

from __future__ import annotations

import logging
import sys

from scenario._console.line_reader import LineReader
from scenario._console.safe_text import safe_line
from scenario._console.screen import screen
from scenario._console.turn import Turnstile

_logger = logging.getLogger("scenario")


class Prompter:
    """Asks one question at a time, for all runs of the process."""

    def __init__(self) -> None:
        self._turnstile = Turnstile()
        self._reader = LineReader()
        self._warned = False

    async def ask(self, prompt: str) -> str | None:
        """Return the line that is typed behind `prompt`; `None` if it is blank or the input has ended."""
        async with self._turnstile.turn():
            screen.open_prompt(f"{safe_line(prompt)} ")
            line = ""
            try:
                line = await self._reader.line()
            finally:
                screen.close_prompt(echoed=line.endswith("\n") and sys.stdin.isatty())
            if not line:
                self._warn_of_end()
            return line.rstrip("\r\n") if line.strip() else None

    def _warn_of_end(self) -> None:
        if not self._warned:
            self._warned = True
            _logger.warning(
                "standard input has ended, so debug mode cannot ask: the simulator acts in every turn"
            )


_prompter = Prompter()


async def ask(prompt: str = "User (Enter lets the simulator act):") -> str | None:
    """Ask on the terminal what the user says next.

    Waiting blocks no event loop; questions of concurrent runs come one after the other. When the asking task
    is cancelled the question is withdrawn at once, and what is typed then answers the next one.

    Args:
        prompt: the question, one line.

    Returns:
        What was typed; `None` for Enter, for blanks, and at the end of the input, which is warned of once.
    """
    return await _prompter.ask(prompt)
