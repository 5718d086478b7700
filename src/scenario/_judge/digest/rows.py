"""The rows of the structure-only form: one per span, or one for many alike."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scenario._judge.digest.span_line import span_line
from scenario._judge.digest.text import shorten
from scenario._judge.digest.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scenario._judge.digest.forest import Node

_SHORTEST_RUN = 3
_LONGEST = 120  # bytes of a name or error description


class Row:
    """A span, or a run of sibling leaf spans with one name and no error.

    Attributes:
        nodes: the spans that the row stands for.
        parent: the row above; `None` for a root.
        rank: its position among its siblings.
        level: how many rows are above it.
        has_error: whether it or a row below it failed.
        waiting: rows below it that are not shown yet.
        shown: the rows below it that are shown.
        hidden: how many spans below it are not shown.
    """

    __slots__ = ("has_error", "hidden", "level", "nodes", "parent", "rank", "shown", "waiting")

    def __init__(self, nodes: list[Node], parent: Row | None, rank: int) -> None:
        self.nodes = nodes
        self.parent = parent
        self.rank = rank
        self.level = 0 if parent is None else parent.level + 1
        self.has_error = nodes[0].span.error is not None
        self.waiting = 0
        self.hidden = 0
        self.shown: list[Row] = []

    def text(self) -> str:
        """Return the row without what stands before it in the tree."""
        first, last = self.nodes[0], self.nodes[-1]
        if first is last:
            return span_line(first, longest=_LONGEST)
        name = shorten(first.span.name, _LONGEST)
        return (
            f"[{first.short_id}] to [{last.short_id}] {timestamp(first.span.start)} {name}"
            f" ({len(self.nodes)} spans)"
        )


def rows(roots: Sequence[Node]) -> list[Row]:
    """Return the rows of some trees; each stands behind its parent."""
    found = list(_siblings(roots, None))
    for row in found:  # grows while it is walked
        below = list(_siblings(row.nodes[0].children, row)) if row.nodes[0].children else []
        row.waiting = len(below)
        found += below
    for row in reversed(found):
        if row.has_error and row.parent is not None:
            row.parent.has_error = True
    return found


def _siblings(nodes: Sequence[Node], parent: Row | None) -> Iterator[Row]:
    rank = 0
    for can_collapse, group in groupby(nodes, key=_kind):
        run = list(group)
        shared = [run] if can_collapse is not None and len(run) >= _SHORTEST_RUN else [[node] for node in run]
        for members in shared:
            yield Row(members, parent, rank)
            rank += 1


def _kind(node: Node) -> str | None:
    """Return the name under which a span may share a row; `None` if it may not."""
    return None if node.children or node.span.error is not None else node.span.name
