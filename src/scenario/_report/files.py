"""Writes files whole or not at all, readable by their owner only, and never over one of another run."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


def write_new(folder: Path, stem: str, data: bytes) -> Path:
    """Write a new `.json` file and return its path; a number is added to the name if it is taken.

    Args:
        folder: created if it is missing.
        stem: the name without suffix.
        data: the content.

    Raises:
        OSError: it cannot be written; nothing is left behind then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _temporary(folder, data) as temporary:
        for number in count(1):
            path = folder / (f"{stem}.json" if number == 1 else f"{stem}_{number}.json")
            with suppress(FileExistsError):
                _publish(temporary, path)
                return path
    raise AssertionError("numbers do not end")


def replace(path: Path, data: bytes) -> None:
    """Write a file in place of another one, in one step.

    Raises:
        OSError: it cannot be written; the old one stays as it is.
    """
    with _temporary(path.parent, data) as temporary:
        temporary.replace(path)


def _publish(temporary: Path, path: Path) -> None:
    """Give a complete file its name, unless another one has it.

    Raises:
        FileExistsError: another one has it.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: take the name first
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        temporary.replace(path)


@contextmanager
def _temporary(folder: Path, data: bytes) -> Generator[Path]:
    """Write a file that no reader takes for a report, and remove it if it is still there afterwards."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")  # mode 0600
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        yield path
    finally:
        path.unlink(missing_ok=True)
