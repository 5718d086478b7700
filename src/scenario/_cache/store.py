"""The cache folder: one file per entry, named by its key. These functions block; see `off_loop`."""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from scenario._cache.entry import CorruptEntryError, Entry

_logger = logging.getLogger("scenario")
_warned_folders: set[str] = set()


class Found(NamedTuple):
    """An entry that was stored, and a fresh copy of its result."""

    entry: Entry
    result: Any


def load(key: str) -> Found | None:
    """Return what is stored under `key`; `None` if there is nothing, or nothing to be used."""
    try:
        folder = _folder()
        with (folder / key).open("rb") as file:
            data = file.read()
            safe = _only_ours(folder.stat()) and _only_ours(os.fstat(file.fileno()))
        entry = Entry.from_bytes(data)
        if entry.codec == "json" or safe:
            return Found(entry, entry.result())
        _logger.debug("cache entry %s is not read, because others may have written it", key)
    except (FileNotFoundError, NotADirectoryError):
        pass  # The usual miss.
    except (OSError, RuntimeError, CorruptEntryError) as error:
        _logger.debug("cache entry %s cannot be read: %s", key, error)
    return None


def save(key: str, result: object) -> Entry:
    """Store `result` under `key` and return its entry. A folder that cannot be used is said once.

    Raises:
        UnstorableError: `result` cannot be stored.
    """
    entry = Entry.of(result)
    try:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if entry.codec == "pickle" and not _only_ours(folder.stat()):
            raise PermissionError(f"others may write to {str(folder)!r}, so pickles in it are not safe")
        _write(folder, key, entry.to_bytes())
    except (OSError, RuntimeError) as error:
        _warn_once(error)
    return entry


def _folder() -> Path:
    # RuntimeError: there is no home folder.
    return Path(os.environ.get("SCENARIO_CACHE_DIR") or "~/.scenario/cache").expanduser()


def _write(folder: Path, key: str, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{key}-", dir=folder)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(folder / key)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _only_ours(status: os.stat_result) -> bool:
    """Tell whether nobody but this user can have written the file or folder."""
    if sys.platform == "win32":  # Its access lists do not show in these fields.
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _warn_once(error: Exception) -> None:
    folder = os.environ.get("SCENARIO_CACHE_DIR", "")
    if folder not in _warned_folders:
        _warned_folders.add(folder)
        _logger.warning(
            "results are not cached: %s. Set SCENARIO_CACHE_DIR to a folder that only you can write",
            error,
        )
