"""Lines from standard input, read by a thread that may be abandoned at any time.

Nothing can wake a thread that waits for a person. So a wait that is given up leaves the thread where it is,
and the next one to ask gets the line for which it waits: no line is lost.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from concurrent.futures import Future
from typing import TextIO


class LineReader:
    """Reads lines; ask for one at a time."""

    def __init__(self) -> None:
        self._source: TextIO | None = None
        self._line: Future[str] | None = None

    async def line(self) -> str:
        """Return the next line with its newline; the empty string at the end of the input."""
        source = sys.stdin
        if self._line is None or self._source is not source:
            self._source = source
            self._line = Future()
            self._line.set_running_or_notify_cancel()  # Giving up the wait must not cancel the reading.
            thread = threading.Thread(
                target=_read, args=(source, self._line), name="scenario-input", daemon=True
            )
            thread.start()
        line = await asyncio.wrap_future(self._line)
        self._line = None
        return line


def _read(source: TextIO | None, line: Future[str]) -> None:
    try:
        line.set_result(_line_of(source) if source else "")
    except (OSError, ValueError):  # The terminal hung up, or the input is closed or captured.
        line.set_result("")
    except BaseException as error:  # noqa: BLE001 - it belongs to who waits for the line
        line.set_exception(error)


def _line_of(source: TextIO) -> str:
    try:
        descriptor = source.fileno()
    except OSError:  # Not a file of the system: a test's own.
        return source.readline()
    # Not `source.readline()`: it holds the lock of the buffer, for which the exit of the interpreter would
    # abort the process. Byte by byte, to leave what follows to whoever reads next.
    data = bytearray()
    while not data.endswith(b"\n") and (byte := os.read(descriptor, 1)):
        data += byte
    return data.decode(source.encoding or "utf-8", "replace")
