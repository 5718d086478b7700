"""Writes the report among pytest's closing sections."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scenario._pytest.session import REPORTER

if TYPE_CHECKING:
    import pytest

    from scenario._reporter.layout import Detail, Line


def write_report(terminal: pytest.TerminalReporter) -> None:
    """Write the report of the session's runs, as far as the verbosity allows.

    A failure to do so is one line, never a failure of the session.
    """
    reporter = terminal.config.stash[REPORTER]
    verbosity = terminal.verbosity
    if not reporter.results or terminal.no_summary or verbosity <= -2:
        return
    try:
        # Here because a session without scenarios should not pay for it.
        from scenario._reporter.layout import report_lines

        detail: Detail = "brief" if verbosity < 0 else "normal" if verbosity == 0 else "full"
        lines = report_lines(reporter, encoding=sys.stdout.encoding or "utf-8", detail=detail)
        _write_lines(terminal, lines)
    except Exception as error:  # noqa: BLE001 - results come from users too; see above
        terminal.write_line(f"The scenario report could not be written: {error!r}", yellow=True)


def _write_lines(terminal: pytest.TerminalReporter, lines: list[Line]) -> None:
    from scenario._reporter.plain_text import wrapped

    width = terminal.config.get_terminal_writer().fullwidth
    terminal.write_line("")
    for line in lines:
        markup = {line.style: True} if line.style else {}
        # In a log file every fact stays on one line, where a search finds it.
        for text in wrapped(line.text, width - line.indent) if terminal.isatty else [line.text]:
            terminal.write_line(f"{' ' * line.indent}{text}", **markup)
