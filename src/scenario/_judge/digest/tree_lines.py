"""The lines that draw a tree in text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEEPEST = 50
"""Levels that are drawn; deeper ones only say their level, or a deep chain would grow with its square."""

T = TypeVar("T")


class Branch(NamedTuple, Generic[T]):
    """An item of a tree as it is drawn.

    Attributes:
        item: the item.
        prefix: what stands before it on its line.
        indent: what stands before the lines that belong to it.
    """

    item: T
    prefix: str
    indent: str


def draw(roots: Sequence[T], children: Callable[[T], Sequence[T]]) -> Iterator[Branch[T]]:
    """Yield all items of some trees, depth first; without recursion, so that no depth is too much."""
    pending = [(Branch(root, "", "    "), "", 0) for root in reversed(roots)]
    while pending:
        branch, lead, level = pending.pop()
        yield branch
        below = children(branch.item)
        level += 1
        for position in range(len(below) - 1, -1, -1):
            is_last = position == len(below) - 1
            if level > DEEPEST:
                prefix, deeper = f"{lead}└── (level {level}) ", lead
            else:
                prefix = lead + ("└── " if is_last else "├── ")
                deeper = lead + ("    " if is_last else "│   ")
            pending.append((Branch(below[position], prefix, deeper + "    "), deeper, level))


def widest_prefix(level: int) -> int:
    """Return how many bytes a prefix takes at most, at a level counted from 0."""
    if level == 0:
        return 0
    return 6 * min(level - 1, DEEPEST) + (10 if level <= DEEPEST else 30)  # 6: `│   `, 10: `├── `
