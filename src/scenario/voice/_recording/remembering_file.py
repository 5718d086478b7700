"""A file for libsndfile, which says nothing of a write that fails while a file is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO


class RememberingFile:
    """Writes to a file, and keeps the first failure for `check`.

    Args:
        file: opened for reading and writing; it stays the caller's.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._failure: OSError | None = None
        self.seek = file.seek
        self.tell = file.tell
        self.read = file.read

    def write(self, data: bytes) -> int:
        """Write, or remember why not; always as if everything was written."""
        try:
            if self._failure is None:
                self._file.write(data)
        except OSError as error:
            self._failure = error
        return len(data)

    def flush(self) -> None:
        """Write what is buffered, or remember why not."""
        try:
            if self._failure is None:
                self._file.flush()
        except OSError as error:
            self._failure = error

    def check(self) -> None:
        """Raise the first failure, if there was one.

        Raises:
            OSError: something could not be written.
        """
        self.flush()
        if self._failure is not None:
            raise self._failure

    def until_failure(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Return the blocks, but raise the first failure as soon as there is one."""
        for block in blocks:
            self.check()
            yield block
