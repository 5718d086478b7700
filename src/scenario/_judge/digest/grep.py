"""The discovery tool that searches all spans for a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.digest.details import Detail, details
from scenario._judge.digest.excerpt import Hit, excerpt, find, folded
from scenario._judge.digest.forest import Node, plant
from scenario._judge.digest.header import NO_SPANS
from scenario._judge.digest.text import one_line, shorten, size
from scenario._judge.digest.times import duration
from scenario._judge.digest.tool_result import LIMIT, listing, truncated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_MOST_SPANS = 20
_LONGEST_PATTERN = 1_000  # characters
_LONGEST_NAME = 120  # bytes
_LARGEST_NUMBER = 10**17
_SIZES = ((5, 240), (3, 240), (1, 240), (1, 120))  # lines per span, characters per line; the last always fits
_ADVICE = "Not all matching lines are shown: search for a more specific pattern."


class _Match(NamedTuple):
    node: Node
    lines: list[tuple[Detail, Hit]]


def grep_trace(spans: Iterable[ReadableSpan], pattern: Any) -> str:
    """Return the lines of spans that hold a text, at most 16,384 bytes and the notice of a cut; never raises.

    Searched are span names, attributes, event names and their attributes, whatever the case of letters. A
    pattern without a hit that holds vertical bars is taken as several texts.

    Args:
        spans: all spans, in any order.
        pattern: the text, as the model wrote it; never a regular expression.
    """
    forest = plant(spans)
    if not forest.nodes:
        return NO_SPANS
    text = _text(pattern)
    if not text.strip():
        return 'Error: grep_trace needs a text to search for, for example {"pattern": "refund"}.'
    if len(text) > _LONGEST_PATTERN:
        return f"Error: the pattern has {len(text)} characters; search for at most {_LONGEST_PATTERN}."
    literal = folded(one_line(text))
    matches = _search(forest.nodes, [literal])
    if not matches and "|" in literal:
        matches = _search(forest.nodes, [part for piece in literal.split("|") if (part := piece.strip())])
    if not matches:
        names = listing((node.span.name for node in forest.nodes), LIMIT // 2)
        return f"No matches found for {shorten(text, _LONGEST_NAME)!r}. Names of the spans: {names}"
    return _result(matches)


def _text(pattern: Any) -> str:
    if isinstance(pattern, (int, float)) and not isinstance(pattern, bool) and abs(pattern) < _LARGEST_NUMBER:
        return str(pattern)
    return pattern if isinstance(pattern, str) else ""


def _search(nodes: Sequence[Node], literals: Sequence[str]) -> list[_Match]:
    matches: list[_Match] = []
    for node in nodes:
        searched = (Detail("", node.span.name), *details(node.span))
        lines = [(detail, hit) for detail in searched if (hit := find(detail.text, literals))]
        if lines:
            matches.append(_Match(node, lines if len(matches) < _MOST_SPANS else []))
    return matches


def _result(matches: Sequence[_Match]) -> str:
    shown = matches[:_MOST_SPANS]
    ending = [f"... {len(matches) - len(shown)} more spans match"] if len(matches) > len(shown) else []
    texts = ("\n\n".join((*(_block(match, *sizes) for match in shown), *ending)) for sizes in _SIZES)
    first = next(texts)
    if size(first) <= LIMIT:
        return first
    return f"{next(text for text in texts if size(text) <= LIMIT)}\n\n{truncated(_ADVICE)}"


def _block(match: _Match, most_lines: int, width: int) -> str:
    node = match.node
    name = shorten(node.span.name, _LONGEST_NAME)
    lines = [f"--- [{node.short_id}] {name} ({duration(node.span.start, node.span.end)}) ---"]
    lines += [
        f"  {detail.lead}{excerpt(detail.text, hit, width)}" for detail, hit in match.lines[:most_lines]
    ]
    left_out = len(match.lines) - most_lines
    if left_out > 0:
        lines.append(f"  ... {left_out} more lines match")
    return "\n".join(lines)
