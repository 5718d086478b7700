"""An outline of a transcript that is too long to be shown: every message has its place in it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from scenario._judge.digest.sharing import fair_share
from scenario._judge.digest.text import size

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTEST = 200  # bytes for a line at least
_FEWEST = 8  # lines
_NOTE = 70  # bytes of the note in a shortened line
_ROLE = re.compile(r"#\w+ (?:\(withdrawn [^)]*\) )?(user|assistant|tool|system)\b")


def skeleton(lines: Sequence[str], limit: int) -> list[str]:
    """Return an outline of at most about `limit` bytes.

    A line that is short enough stays as it is; of a longer one the beginning, the end and its size are shown.
    When there are too many, those in the middle are told together: a range of numbers, who wrote them, and
    their size.

    Args:
        lines: the lines of a transcript, each beginning with its number (`#3`).
        limit: bytes.
    """
    most = max(limit // _SHORTEST, _FEWEST)
    shown = list(lines)
    if len(lines) > most:
        first, last = most // 4, len(lines) - most // 2
        shown = [*lines[:first], *_ranges(lines[first:last], most // 4), *lines[last:]]
    share = fair_share([size(line) + 1 for line in shown], max(limit, _FEWEST * _SHORTEST))
    return [_shortened(line, share - 1) for line in shown]


def _shortened(line: str, most: int) -> str:
    if size(line) <= most:
        return line
    encoded = line.encode("utf-8", "surrogatepass")
    half = max(most - _NOTE, 2) // 2
    start, end = encoded[:half].decode(errors="ignore"), encoded[-half:].decode(errors="ignore")
    return f"{start}[... {len(line) - len(start) - len(end):,} of {len(line):,} characters omitted ...]{end}"


def _ranges(lines: Sequence[str], count: int) -> list[str]:
    length = -(-len(lines) // count)
    return [_range(lines[start : start + length]) for start in range(0, len(lines), length)]


def _range(lines: Sequence[str]) -> str:
    first, last = (line.partition(" ")[0] for line in (lines[0], lines[-1]))
    roles = Counter(found[1] if (found := _ROLE.match(line)) else "other" for line in lines)
    who = ", ".join(f"{count} {role}" for role, count in roles.items())
    characters = sum(map(len, lines))
    return f"{first} to {last}: {len(lines)} messages omitted ({who}), {characters:,} characters"
