"""Reports of red-team runs: what stands in them, and how they are written, read and summed up.

`loading.load_reports()` reads a folder of them, `saving.save()` writes one, `fixes` sums up what to repair.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._report.aggregation import regenerate_fixes
    from scenario._report.document import ReportDocument, compound_risk, status_of
    from scenario._report.fixes import CachedFixes, FixCluster, fixes_cache
    from scenario._report.loading import load_reports

_HOMES = {
    "CachedFixes": "fixes",
    "FixCluster": "fixes",
    "ReportDocument": "document",
    "compound_risk": "document",
    "fixes_cache": "fixes",
    "load_reports": "loading",
    "regenerate_fixes": "aggregation",
    "status_of": "document",
}

__all__ = [
    "CachedFixes",
    "FixCluster",
    "ReportDocument",
    "compound_risk",
    "fixes_cache",
    "load_reports",
    "regenerate_fixes",
    "status_of",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
