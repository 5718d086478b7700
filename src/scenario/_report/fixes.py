"""The fixes that all reports of a batch ask for, merged by a model, and their cache in the batch folder."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from scenario._report.fields import choice, count, mapping, objects, text, texts
from scenario._report.files import replace
from scenario._report.loading import report_files
from scenario._report.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_log = logging.getLogger("scenario")

CACHE_NAME = "_aggregated_fixes.json"

Priority = Literal["high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")


class FixCluster(TypedDict):
    """Recommendations of several reports that come down to one thing to repair.

    Attributes:
        title: what to do, in at most ten words.
        description: how, and why.
        recommendations_rolled_up: how many recommendations it stands for.
        affected_tests: names of the tests that ask for it.
        priority: `high`, `medium` or `low`.
    """

    title: str
    description: str
    recommendations_rolled_up: int
    affected_tests: list[str]
    priority: Priority


@dataclass(frozen=True, slots=True)
class CachedFixes:
    """What the cache of a batch folder holds.

    Attributes:
        clusters: the fixes, most urgent first; none without a readable cache.
        stale: the cache is missing, or reports were added, removed or rewritten since.
        is_missing: there is no readable cache.
    """

    clusters: tuple[FixCluster, ...]
    stale: bool
    is_missing: bool = False


def fixes_cache(batch_dir: Path) -> CachedFixes:
    """Return the cached fixes of a batch folder; no model is called.

    Args:
        batch_dir: the folder with the reports.
    """
    try:
        data = plain(json.loads((batch_dir / CACHE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return CachedFixes((), stale=True, is_missing=True)
    found = mapping(data)
    if not isinstance(found.get("clusters"), list):
        return CachedFixes((), stale=True, is_missing=True)
    return CachedFixes(clusters_in(found), stale=found.get("reports_hash") != reports_hash(batch_dir))


def keep_fixes(batch_dir: Path, clusters: Sequence[FixCluster], *, model: str, made_of: str) -> None:
    """Write the cache of a batch folder; a folder that cannot be written goes without.

    Args:
        batch_dir: the folder with the reports.
        clusters: the fixes.
        model: the model that made them.
        made_of: `reports_hash()` of the reports that they were made of.
    """
    content = {"clusters": list(clusters), "model": model, "reports_hash": made_of}
    try:
        replace(batch_dir / CACHE_NAME, json.dumps(plain(content), indent=2, ensure_ascii=False).encode())
    except OSError as error:
        _log.debug("the fixes of %s are not kept: %s", batch_dir, error)


def clusters_in(data: Mapping[str, Any]) -> tuple[FixCluster, ...]:
    """Return the clusters of an object, as far as they can be used, in order of priority, then of count."""
    found = map(_cluster, objects(data.get("clusters")))
    usable = [cluster for cluster in found if cluster["title"]]
    return tuple(
        sorted(usable, key=lambda c: (PRIORITIES.index(c["priority"]), -c["recommendations_rolled_up"]))
    )


def reports_hash(batch_dir: Path) -> str:
    """Return a hash of the names and sizes of the report files of a folder."""
    entries: list[tuple[str, int]] = []
    for path in report_files(batch_dir):
        with suppress(OSError):  # removed since it was listed
            entries.append((path.name, path.stat().st_size))
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()


def _cluster(item: Mapping[str, Any]) -> FixCluster:
    tests = list(dict.fromkeys(texts(item.get("affected_tests"))))
    return {
        "title": " ".join(text(item.get("title")).split()[:10]),
        "description": text(item.get("description")).strip(),
        "recommendations_rolled_up": count(item.get("recommendations_rolled_up")) or max(1, len(tests)),
        "affected_tests": tests,
        "priority": choice(item.get("priority"), PRIORITIES, "medium"),
    }
