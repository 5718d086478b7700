"""The structure-only form of a digest: which spans there are, within a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.digest.errors import bounded_errors_section
from scenario._judge.digest.header import header
from scenario._judge.digest.rows import Row, rows
from scenario._judge.digest.text import size
from scenario._judge.digest.tree_lines import draw, widest_prefix

if TYPE_CHECKING:
    from scenario._judge.digest.forest import Forest

_SMALLEST = 512  # tokens
_SHARE_OF_ERRORS = 4  # the errors section gets at most a quarter
_CLOSING = 40  # bytes of the line that counts all that is cut
_NOTE = 20  # bytes of such a count on a span's line
_GAP = 2  # the end of a line, and the blank line behind it


def structure(forest: Forest, dropped: int, token_threshold: int) -> str:
    """Return the structure of spans in at most `token_threshold` estimated tokens (at least 512).

    Where not all fit, the deepest levels are cut, those of failed spans and their ancestors last. A level is
    cut evenly: every parent shows one child before any shows its second.

    Args:
        forest: the spans; at least one.
        dropped: how many spans the collector dropped.
        token_threshold: the bound.
    """
    room = 4 * max(token_threshold, _SMALLEST)
    blocks = [header(forest, dropped)]
    errors = [bounded_errors_section(forest.failed, room // _SHARE_OF_ERRORS)] if forest.failed else []
    room -= sum(size(block) + _GAP for block in (*blocks, *errors)) + _CLOSING

    all_rows = rows(forest.roots)
    texts = _shown(all_rows, room)
    _count_hidden(all_rows, texts)
    roots = [row for row in all_rows if row.parent is None and row in texts]
    for row, prefix, _ in draw(roots, lambda row: row.shown):
        below = f" (+{row.hidden} below)" if row.hidden else ""
        blocks.append(f"{prefix}{texts[row]}{below}")
    cut = len(forest.nodes) - sum(len(row.nodes) for row in texts)
    if cut:
        blocks.append(f"... {cut} spans are not shown")
    return "\n\n".join((*blocks, *errors))


def _shown(all_rows: list[Row], room: int) -> dict[Row, str]:
    """Choose the rows that fit into `room` bytes, and return their texts."""
    texts: dict[Row, str] = {}
    # A parent comes before its children: it has the error if one of them has it, and its level is higher.
    for row in sorted(all_rows, key=lambda row: (not row.has_error, row.level, row.rank)):
        text = row.text()
        room -= widest_prefix(row.level) + size(text) + _GAP
        if row.waiting:
            room -= _NOTE
        if row.parent is not None:
            row.parent.waiting -= 1
            if not row.parent.waiting:
                room += _NOTE
        if room < 0:
            break
        texts[row] = text
    return texts


def _count_hidden(all_rows: list[Row], texts: dict[Row, str]) -> None:
    for row in reversed(all_rows):
        if row.parent is None:
            continue
        if row in texts:
            row.parent.shown.append(row)
        else:
            row.parent.hidden += row.hidden + len(row.nodes)
    for row in texts:
        row.shown.sort(key=lambda row: row.rank)
