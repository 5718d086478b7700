"""The first line of a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.digest.times import duration

if TYPE_CHECKING:
    from scenario._judge.digest.forest import Forest

NO_SPANS = "No spans recorded."


def header(forest: Forest, dropped: int) -> str:
    """Return the number of spans, the time from first start to latest end, and how many were dropped."""
    start = min((node.span.start for node in forest.nodes if node.span.start is not None), default=None)
    end = max((node.span.end for node in forest.nodes if node.span.end is not None), default=None)
    note = f" | {dropped} older spans dropped" if dropped > 0 else ""
    return f"Spans: {len(forest.nodes)} | Total Duration: {duration(start, end)}{note}"
