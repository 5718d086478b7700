"""The batch folder: where the reports of a process, or of a test session, go together."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

_ROOT = "redteam-reports"


@dataclass(frozen=True, slots=True)
class _Folders:
    """What is known of the folder.

    Attributes:
        chosen: the folder that the user set, or a report went to.
        offered: the folder of a test session, for its first report.
    """

    chosen: Path | None = None
    offered: Path | None = None


_folders: _Folders = _Folders()
_lock = threading.Lock()  # runs end in threads of their own


def set_batch_dir(path: str | os.PathLike[str]) -> Path:
    """Have reports of this process saved in a folder, which is created; return its absolute path."""
    global _folders
    folder = folder_at(path)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock:
        _folders = replace(_folders, chosen=folder)
    return folder


def folder_at(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a folder that the user named."""
    return Path(path).expanduser().absolute()


def current_batch_dir() -> Path | None:
    """Return the folder in which reports are saved; `None` before it is set or the first one was saved."""
    return _folders.chosen


def batch_dir() -> Path:
    """Return the folder for a report: the current one, else a new one, which all later reports share."""
    global _folders
    with _lock:
        if _folders.chosen is None:
            _folders = replace(_folders, chosen=_folders.offered or new_batch_dir())
        return _folders.chosen or new_batch_dir()


def new_batch_dir() -> Path:
    """Return the absolute path of a batch folder that is named after this second; it is not created."""
    return Path(_ROOT, datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")).absolute()


def begin_session(offered: Path) -> Callable[[], None]:
    """Begin a test session with a batch folder of its own, unless one is set already.

    Args:
        offered: the folder, created with the first report.

    Returns:
        A function that brings back what was before.
    """
    global _folders
    with _lock:
        before = _folders
        # A folder that came from an outer session is not this session's.
        chosen = None if before.chosen == before.offered else before.chosen
        _folders = _Folders(chosen, offered)

    def end() -> None:
        global _folders
        with _lock:
            _folders = before

    return end
