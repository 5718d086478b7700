"""The bound on what one discovery tool returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.digest.sharing import fair_share
from scenario._judge.digest.text import shorten, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIMIT = 16_384
"""Bytes of a tool's result, the notice of a cut not counted: 4096 estimated tokens."""

_LONGEST_NAME = 120  # bytes of an entry of a list
_MORE = 24  # bytes of the count of what does not fit


def truncated(advice: str) -> str:
    """Return the notice at the end of a result that was cut.

    Args:
        advice: what to ask for instead.
    """
    return f"[TRUNCATED] The result is too long. {advice}"


def listing(names: Iterable[str], room: int) -> str:
    """Return distinct names in their order, separated by commas: as many as fit into `room` bytes."""
    distinct = [shorten(name, _LONGEST_NAME) for name in dict.fromkeys(names)]
    room -= _MORE
    shown: list[str] = []
    for name in distinct:
        room -= size(name) + 2
        if room < 0:
            shown.append(f"... {len(distinct) - len(shown)} more")
            break
        shown.append(name)
    return ", ".join(shown)


def fitted(lines: Sequence[str], room: int, shortest: int) -> list[str]:
    """Return lines that take at most `room` bytes with their line ends, where need be without their middle.

    Args:
        lines: the lines.
        room: the bound.
        shortest: bytes that are left of a line at least; lines beyond `room // shortest` are only counted.
    """
    if sum(size(line) + 1 for line in lines) <= room:
        return list(lines)
    shown = list(lines[: max(room // shortest - 1, 1)])
    if len(shown) < len(lines):
        shown.append(f"    ... {len(lines) - len(shown)} more lines")
    share = fair_share([size(line) + 1 for line in shown], room)
    return [shorten(line, share - 1) for line in shown]
