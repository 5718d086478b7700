"""Bytes that only grow at their end: in memory up to a limit, beyond it in a temporary file."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO


class Spool:
    """A store to append to, to read anywhere, and to cut short.

    The temporary file has no name (where the system allows that), and is closed with the spool at the latest.

    Args:
        limit: bytes that are kept in memory before all of them move into the file.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._memory: bytearray | None = bytearray()
        self._file: IO[bytes] | None = None
        self.size = 0
        """Bytes stored."""

    def append(self, data: bytes) -> None:
        """Store `data` after what is stored.

        Raises:
            OSError: the file cannot be written.
            ValueError: the spool is closed.
        """
        self.check_open()
        if self._memory is not None and self.size + len(data) <= self._limit:
            self._memory += data
        else:
            file = self._file or self._move_to_file()
            _write(file, self.size, data)
        self.size += len(data)

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, both within what is stored.

        Raises:
            ValueError: the spool is closed.
        """
        self.check_open()
        if self._file is not None:
            self._file.seek(start)
            return self._file.read(end - start)
        with memoryview(self._memory or b"") as view, view[start:end] as piece:
            return bytes(piece)

    def cut(self, size: int) -> None:
        """Drop what is stored from `size` on."""
        if self._memory is not None:
            del self._memory[size:]
        self.size = min(self.size, size)  # what lies behind it in the file is written over

    def close(self) -> None:
        """Free memory and file."""
        self._memory = None
        self.size = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def check_open(self) -> None:
        """Raise a `ValueError` if the spool is closed."""
        if self._memory is None and self._file is None:
            raise ValueError("this recorded audio was closed; read it before close()")

    def _move_to_file(self) -> IO[bytes]:
        file = tempfile.TemporaryFile(buffering=0, prefix="scenario-audio-")  # noqa: SIM115  # lives like the spool
        try:
            _write(file, 0, self._memory or b"")
        except OSError:
            file.close()
            raise
        weakref.finalize(self, file.close)
        self._file, self._memory = file, None
        return file


def _write(file: IO[bytes], position: int, data: bytes | bytearray) -> None:
    file.seek(position)
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += file.write(view[written:])
