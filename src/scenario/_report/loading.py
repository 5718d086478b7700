"""Reads the report files of a folder, whatever else lies in it and whatever they hold."""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, Any, cast

from scenario._report.fields import STATUSES, document_from
from scenario._report.plain import plain

if TYPE_CHECKING:
    from pathlib import Path

    from scenario._report.document import ReportDocument

_log = logging.getLogger("scenario")

_LARGEST = 64 * 1024 * 1024  # bytes; a thousand long exchanges are a tenth of it
_LONGEST_NUMBER = 30  # digits


def report_files(folder: Path) -> list[Path]:
    """Return the files of a folder that may be reports, sorted by name; none if it cannot be read."""
    try:
        found = [path for path in folder.iterdir() if is_report_name(path.name) and path.is_file()]
    except OSError as error:
        _log.warning("the reports in %s cannot be read: %s", folder, error)
        return []
    return sorted(found, key=lambda path: path.name)


def is_report_name(name: str) -> bool:
    """Whether a file of this name may be a report."""
    return name.endswith(".json") and not name.startswith(("_", "."))


def load_reports(folder: Path) -> list[ReportDocument]:
    """Return the reports of a folder, sorted by file name.

    A file that cannot be read or is no report is left out with a WARNING. In a report, fields that are
    missing or of another kind have their defaults.

    Args:
        folder: a batch folder; if it is not there, there are no reports.
    """
    return [document for path in report_files(folder) if (document := _load(path)) is not None]


def _load(path: Path) -> ReportDocument | None:
    try:
        data = plain(_decoded(path))
    # Nesting beyond what the decoder bears raises RecursionError.
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        _log.warning("%s is left out of the reports: %s", path, error)
        return None
    if not isinstance(data, dict) or not _is_report(cast("dict[str, Any]", data)):
        _log.warning("%s is left out of the reports: it is none (no test_name, no known status)", path)
        return None
    return document_from(cast("dict[str, Any]", data), file_name=path.name)


def _decoded(path: Path) -> Any:
    size = path.stat().st_size
    if size > _LARGEST:
        raise ValueError(f"it has {size} bytes, and no report has more than {_LARGEST}")
    return json.loads(
        path.read_text(encoding="utf-8-sig"),
        parse_int=_integer,
        parse_float=_number,
        parse_constant=_no_number,
    )


def _is_report(data: dict[str, Any]) -> bool:
    return "test_name" in data or data.get("status") in STATUSES


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= _LONGEST_NUMBER else None


def _number(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _no_number(_: str) -> None:
    """Stand in for `NaN` and `Infinity`, which are no JSON."""
