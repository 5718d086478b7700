"""Finds the batch of red-team reports that somebody means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from scenario._cli.command import CommandError

_BATCH_VARIABLE = "SCENARIO_REDTEAM_BATCH_DIR"
_ROOT_VARIABLE = "SCENARIO_REDTEAM_REPORT_DIR"
_DEFAULT_ROOT = "./redteam-reports"
_RUN_FIRST = "run a red-team test first, or name the folder with --dir"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; `None` where nothing was said.

    Attributes:
        root: folder with batches, or itself a batch.
        name: of a batch folder in it.
        latest: the how-manieth newest batch, from 1.
    """

    root: str | None
    name: str | None
    latest: int | None


def batch_folder(wanted: Wanted) -> Path:
    """Return the folder of a batch.

    Raises:
        CommandError: there is no such folder; it says what is there.
    """
    named = os.environ.get(_BATCH_VARIABLE, "").strip()
    if named and wanted == Wanted(None, None, None):
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise CommandError(f"there is no folder {named!r}", hint=f"correct {_BATCH_VARIABLE}")
        return folder
    root = Path(wanted.root or os.environ.get(_ROOT_VARIABLE, "").strip() or _DEFAULT_ROOT).expanduser()
    if not root.is_dir():
        raise CommandError(f"there is no reports folder {str(root)!r}", hint=_RUN_FIRST)
    batches = _batches(root)
    if wanted.name is not None:
        return _named(root, wanted.name, batches)
    return _latest(root, wanted.latest or 1, batches)


def _batches(root: Path) -> list[Path]:
    """Return the batches of a folder, the newest first; a folder with reports and no batch is one itself."""
    named = [path for path in _entries(root) if not path.name.startswith((".", "_"))]
    found = sorted(filter(_has_reports, named), key=lambda path: path.name, reverse=True)
    return found or list(filter(_has_reports, [root]))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise CommandError(f"{str(folder)!r} cannot be read: {error.strerror}") from error


def _has_reports(path: Path) -> bool:
    from scenario._report.loading import report_files

    return path.is_dir() and bool(report_files(path))


def _named(root: Path, name: str, batches: list[Path]) -> Path:
    try:
        inside = root.joinpath(name).resolve().parent == root.resolve()
    except (OSError, ValueError, RuntimeError):  # a null character, a loop of links
        inside = False
    if not inside or Path(name).name != name:
        raise CommandError(f"{name!r} names no folder in {str(root)!r}", hint="give a name without a path")
    if not (root / name).is_dir():
        others = ", ".join(repr(batch.name) for batch in batches[:3] if batch != root)
        hint = f"newest: {others}" if others else _RUN_FIRST
        raise CommandError(f"there is no batch {name!r} in {str(root)!r}", hint=hint)
    return root / name


def _latest(root: Path, number: int, batches: list[Path]) -> Path:
    if not batches:
        raise CommandError(f"there are no batches of reports in {str(root)!r}", hint=_RUN_FIRST)
    if number > len(batches):
        count = "1 batch" if len(batches) == 1 else f"{len(batches)} batches"
        raise CommandError(f"--latest {number} is too far back: {str(root)!r} holds {count}")
    return batches[number - 1]
