"""The discovery tool that shows chosen spans in full."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from scenario._judge.digest.asked_ids import AskedIds, read_ids
from scenario._judge.digest.details import details
from scenario._judge.digest.forest import Node, plant
from scenario._judge.digest.header import NO_SPANS
from scenario._judge.digest.sharing import fair_share
from scenario._judge.digest.span_line import span_line
from scenario._judge.digest.text import size
from scenario._judge.digest.tool_result import LIMIT, fitted, listing, truncated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_MOST_SPANS = 50
_SHORTEST_LINE = 80  # bytes
_LONGEST_LIST = 600  # bytes of the ids in a note
_COUNT_LINE = 50  # bytes
_ADVICE = "Ask for fewer spans, or search in them with grep_trace."


def expand_trace(spans: Iterable[ReadableSpan], span_ids: Any) -> str:
    """Return chosen spans in full, at most 16,384 bytes and the notice of a cut; never raises.

    Args:
        spans: all spans, in any order.
        span_ids: ids, or beginnings of ids of at least 4 digits, as the model wrote them.
    """
    forest = plant(spans)
    if not forest.nodes:
        return NO_SPANS
    asked = read_ids(span_ids)
    if not asked.prefixes and not asked.unreadable:
        return 'Error: expand_trace needs at least one span id, for example {"span_ids": ["0a1b2c3d"]}.'
    matches, unmatched = _matches(forest.nodes, asked.prefixes)
    notes = _notes(asked, unmatched)
    if not matches:
        available = listing((node.short_id for node in forest.nodes), LIMIT // 2)
        return "\n".join(("Error: no span was found.", *notes, f"Available ids: {available}"))
    return _result(matches, notes)


def _matches(nodes: Sequence[Node], prefixes: Sequence[str]) -> tuple[list[Node], list[str]]:
    """Return the nodes whose ids begin with one of the prefixes, in order, and the prefixes without any."""
    ordered = sorted(range(len(nodes)), key=lambda position: nodes[position].span.id)
    ids = [nodes[position].span.id for position in ordered]
    found: set[int] = set()
    unmatched: list[str] = []
    for prefix in prefixes:
        start = bisect_left(ids, prefix)
        end = bisect_left(ids, f"{prefix}g")  # sorts behind every digit
        found.update(ordered[start:end])
        if start == end:
            unmatched.append(prefix)
    return [nodes[position] for position in sorted(found)], unmatched


def _notes(asked: AskedIds, unmatched: Sequence[str]) -> list[str]:
    notes: list[str] = []
    if unmatched:
        notes.append(f"Error: no span has an id that begins with: {listing(unmatched, _LONGEST_LIST)}")
    if asked.unreadable:
        listed = listing((repr(text) for text in asked.unreadable), _LONGEST_LIST)
        notes.append(f"Error: not a span id (4 to 16 hexadecimal digits): {listed}")
    if asked.has_more:
        notes.append("Error: too many ids at once; the last ones were not read.")
    return notes


def _result(matches: Sequence[Node], notes: Sequence[str]) -> str:
    room = LIMIT - sum(size(note) + 1 for note in notes) - _COUNT_LINE
    blocks = [
        [span_line(node), *(f"    {detail.line}" for detail in details(node.span))]
        for node in matches[:_MOST_SPANS]
    ]
    sizes = [sum(size(line) + 1 for line in block) + 1 for block in blocks]
    share = fair_share(sizes, room)
    shown = ["\n".join(fitted(block, share - 1, _SHORTEST_LINE)) for block in blocks]
    left_out = len(matches) - len(blocks)
    if left_out:
        shown.append(f"... {left_out} more spans match")
    if notes:
        shown.append("\n".join(notes))
    if left_out or share < max(sizes):
        shown.append(truncated(_ADVICE))
    return "\n\n".join(shown)
