"""Where a literal stands in a line, and the part of the line around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_CUT = "..."

# Letters whose lower case has another length, or depends on what stands beside them.
_FOLDED = str.maketrans({"\u0130": "i", "\u03a3": "\u03c3", "\u03c2": "\u03c3"})


class Hit(NamedTuple):
    """A literal found in a line: positions in characters."""

    start: int
    end: int


def folded(text: str) -> str:
    """Return `text` in lower case, letter for letter, so that positions stay the same."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()


def find(line: str, literals: Sequence[str]) -> Hit | None:
    """Return the first hit of any of the literals, which are `folded`."""
    text = folded(line)
    starts = [(start, literal) for literal in literals if (start := text.find(literal)) >= 0]
    if not starts:
        return None
    start, literal = min(starts)
    return Hit(start, start + len(literal))


def excerpt(line: str, hit: Hit, width: int) -> str:
    """Return at most `width` characters of a line around a hit, behind the key of a `key: value` line."""
    if len(line) <= width:
        return line
    key, colon, _ = line.partition(": ")
    label = key + colon if colon and len(key) < min(hit.start, width // 4) else ""
    room = width - len(label) - 2 * len(_CUT)
    middle = hit.start - max(room - (hit.end - hit.start), 0) // 2
    start = max(min(middle, len(line) - room), len(label))
    before = _CUT if start > len(label) else ""
    after = _CUT if start + room < len(line) else ""
    return f"{label}{before}{line[start : start + room]}{after}"
