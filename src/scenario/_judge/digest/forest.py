"""The spans of a digest as trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.digest.short_ids import short_ids
from scenario._judge.digest.span_view import SpanView, view

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Node:
    """A span with its place in the trees; children are in order of their start."""

    __slots__ = ("children", "parent", "short_id", "span")

    def __init__(self, span: SpanView, short_id: str) -> None:
        self.span = span
        self.short_id = short_id
        self.parent: Node | None = None
        self.children: list[Node] = []


class Forest(NamedTuple):
    """All spans.

    Attributes:
        nodes: every span, in order of its start.
        roots: those without a parent among them.
        failed: those that ended with an error, in order of their start.
    """

    nodes: list[Node]
    roots: list[Node]
    failed: list[SpanView]


def plant(spans: Iterable[Any]) -> Forest:
    """Return spans as trees, in which each of them stands exactly once.

    A span whose parent is not among them is a root. Where parents form a circle, the first to start of those
    in the circle is one.
    """
    views = sorted(map(view, spans), key=lambda span: span.start or 0)
    ids = short_ids(span.id for span in views)
    nodes = [Node(span, ids[span.id]) for span in views]
    by_key = {node.span.key: node for node in reversed(nodes)}  # of two with one key the first is the parent
    roots: list[Node] = []
    for node in nodes:
        key = node.span.parent
        node.parent = by_key.get(key) if key is not None and key != node.span.key else None
        (roots if node.parent is None else node.parent.children).append(node)
    _open_circles(nodes, roots)
    return Forest(nodes, roots, [span for span in views if span.error is not None])


def _open_circles(nodes: list[Node], roots: list[Node]) -> None:
    reached = {node for root in roots for node in _tree(root)}
    if len(reached) == len(nodes):
        return
    rank = {node: position for position, node in enumerate(nodes)}
    for node in nodes:
        if node in reached:
            continue
        first = min(_circle_above(node), key=rank.__getitem__)
        if first.parent is not None:
            first.parent.children.remove(first)
            first.parent = None
        roots.append(first)
        reached.update(_tree(first))
    roots.sort(key=rank.__getitem__)


def _circle_above(node: Node) -> list[Node]:
    """Return the circle of parents that a node without a root leads to."""
    path: dict[Node, int] = {}
    current: Node | None = node
    while current is not None and current not in path:
        path[current] = len(path)
        current = current.parent
    members = list(path)
    return members if current is None else members[path[current] :]


def _tree(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)
