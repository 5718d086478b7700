"""The discovery tool that shows chosen messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scenario._judge.digest.sharing import fair_share
from scenario._judge.digest.text import one_line, shorten, size
from scenario._judge.digest.tool_result import LIMIT, listing, truncated
from scenario._judge.shapes import is_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_ENTRIES = 100
_MOST_MESSAGES = 60
_ROOM_FOR_NOTES = 1_000
_LONGEST_SHOWN = 60
_SEPARATOR = re.compile(r"[\s,;\[\](){}\"']+")
_ENTRY = re.compile(r"#?(w?)(\d{1,9})(?:(?:-|\.\.|\u2013)#?(w?)(\d{1,9}))?", re.IGNORECASE)
_ADVICE = "Ask for fewer messages, or search in them with grep_transcript."


def expand_transcript(lines: Sequence[str], numbers: Any) -> str:
    """Return chosen messages, at most 16,384 bytes and the notice of a cut; never raises.

    Args:
        lines: the lines of the transcript, each beginning with its number.
        numbers: numbers and ranges of numbers, as the model wrote them.
    """
    entries = list(_entries(numbers))[:_MOST_ENTRIES]
    if not entries:
        return 'Error: expand_transcript needs the number of a message, for example {"numbers": ["3"]}.'
    places = {line.partition(" ")[0].lower(): place for place, line in enumerate(lines)}
    found: set[int] = set()
    unknown: list[str] = []
    for entry in entries:
        chosen = _places(entry, places)
        found.update(chosen)
        if not chosen:
            unknown.append(shorten(one_line(entry), _LONGEST_SHOWN))
    note = f"Error: there is no message {listing(unknown, _ROOM_FOR_NOTES)}." if unknown else ""
    if not found:
        return f"{note} The transcript has {len(lines)} messages."
    return _result([lines[place] for place in sorted(found)], note)


def _result(chosen: Sequence[str], note: str) -> str:
    shown = chosen[:_MOST_MESSAGES]
    sizes = [size(line) + 1 for line in shown]
    share = fair_share(sizes, LIMIT - _ROOM_FOR_NOTES)
    notes = [f"... {len(chosen) - len(shown)} more messages"] if len(chosen) > len(shown) else []
    if note:
        notes.append(note)
    if len(chosen) > len(shown) or share < max(sizes):
        notes.append(truncated(_ADVICE))
    return "\n".join([*(shorten(line, share - 1) for line in shown), *notes])


def _places(entry: str, places: dict[str, int]) -> range:
    """Return the positions of the messages that an entry stands for, none if it stands for nothing."""
    read = _ENTRY.fullmatch(entry)
    if read is None:
        return range(0)
    kind, first, last_kind, last = read[1].lower(), int(read[2]), read[3], read[4]
    start = places.get(f"#{kind}{first}")
    if last is None:
        return range(0) if start is None else range(start, start + 1)
    end = places.get(f"#{(last_kind or kind).lower()}{int(last)}")
    if start is None:
        return range(0)
    # A range may go on beyond the end.
    return range(start, _last_of_kind(kind, places) + 1 if end is None else end + 1)


def _last_of_kind(kind: str, places: dict[str, int]) -> int:
    return max(place for label, place in places.items() if label.startswith("#w") is bool(kind))


def _entries(given: Any) -> Iterator[str]:
    pending = [given]
    while pending:
        item = pending.pop()
        if is_array(item):
            pending.extend(reversed(item))
        elif isinstance(item, str):
            # Blanks around a dash belong to a range.
            text = re.sub(r"\s*(-|\.\.|\u2013)\s*", r"\1", item)
            yield from (entry for entry in _SEPARATOR.split(text) if entry)
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield str(item) if isinstance(item, int) else f"{item:.0f}"
        elif item is not None:
            yield f"({type(item).__name__})"
