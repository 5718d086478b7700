"""The discovery tool that searches the conversation for a text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.digest.excerpt import Hit, excerpt, folded
from scenario._judge.digest.text import one_line, size
from scenario._judge.digest.tool_result import LIMIT, listing, truncated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_MESSAGES = 20
_MOST_HITS = 5
_LONGEST_PATTERN = 1_000  # characters
_ROOM_FOR_NUMBERS = 800
_SIZES = ((_MOST_HITS, 240), (2, 240), (1, 240), (1, 120))  # hits per message, characters per hit
_ADVICE = "Not all hits are shown: search for a more specific pattern."


class _Match(NamedTuple):
    line: str
    hits: list[Hit]
    has_more: bool


def grep_transcript(lines: Sequence[str], pattern: Any) -> str:
    """Return what stands around a text in the messages, at most 16,384 bytes and the notice of a cut.

    It never raises. A pattern without a hit that holds vertical bars is taken as several texts.

    Args:
        lines: the lines of the transcript, each beginning with its number.
        pattern: the text, as the model wrote it; never a regular expression.
    """
    text = str(pattern) if isinstance(pattern, (int, float)) else pattern
    if not isinstance(text, str) or not text.strip():
        return 'Error: grep_transcript needs a text to search for, for example {"pattern": "refund"}.'
    if len(text) > _LONGEST_PATTERN:
        return f"Error: the pattern has {len(text)} characters; search for at most {_LONGEST_PATTERN}."
    matches = _search(lines, [text])
    if not matches and "|" in text:
        matches = _search(lines, [part for piece in text.split("|") if (part := piece.strip())])
    if not matches:
        return f"No matches found for {text!r} in {len(lines)} messages."
    return _result(matches)


def _search(lines: Sequence[str], texts: Sequence[str]) -> list[_Match]:
    # The transcript holds JSON, in which quotation marks and line ends are escaped.
    written = [form for text in texts for form in (text, json.dumps(text, ensure_ascii=False)[1:-1])]
    literals = list(dict.fromkeys(folded(one_line(form)) for form in written))
    matches: list[_Match] = []
    for line in lines:
        wanted = _MOST_HITS + 1 if len(matches) < _MOST_MESSAGES else 1
        hits = [hit for hit, _ in zip(_hits(folded(line), literals), range(wanted), strict=False)]
        if hits:
            matches.append(_Match(line, hits[:_MOST_HITS], len(hits) > _MOST_HITS))
    return matches


def _hits(text: str, literals: Sequence[str]) -> Iterator[Hit]:
    for literal in literals:
        start = text.find(literal)
        while start >= 0:
            yield Hit(start, start + len(literal))
            # What stands close by is in the same excerpt.
            start = text.find(literal, start + len(literal) + _SIZES[0][1] // 2)


def _result(matches: Sequence[_Match]) -> str:
    shown = matches[:_MOST_MESSAGES]
    ending = []
    if len(matches) > len(shown):
        numbers = listing(
            (match.line.partition(" ")[0] for match in matches[len(shown) :]), _ROOM_FOR_NUMBERS
        )
        ending = [f"... {len(matches) - len(shown)} more messages match: {numbers}"]
    texts = ("\n".join([*(_block(match, *sizes) for match in shown), *ending]) for sizes in _SIZES)
    first = next(texts)
    if size(first) <= LIMIT:
        return first
    return "\n".join([next(text for text in texts if size(text) <= LIMIT), truncated(_ADVICE)])


def _block(match: _Match, most: int, width: int) -> str:
    lines = [excerpt(match.line, hit, width) for hit in match.hits[:most]]
    if match.has_more or len(match.hits) > most:
        lines.append(f"  ... more hits in {match.line.partition(' ')[0]}")
    return "\n".join(lines)
