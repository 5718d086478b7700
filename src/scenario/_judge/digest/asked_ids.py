"""The span ids that a model asks for, however it writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.digest.text import one_line, shorten
from scenario._judge.shapes import is_array

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_IDS = 100
_LARGEST_NUMBER = 10**17  # more than 16 digits are no span id
_LONGEST_SHOWN = 60
_DECORATION = re.compile(r"""[\s\[\](){}<>"'`]+""")
_ID = re.compile(r"[0-9a-f]{4,16}")


class AskedIds(NamedTuple):
    """The ids of one request.

    Attributes:
        prefixes: span ids or beginnings of such, lower case, each once.
        unreadable: what is no span id, as it was written.
        has_more: whether the request went on beyond what is read.
    """

    prefixes: list[str]
    unreadable: list[str]
    has_more: bool


def read_ids(given: Any) -> AskedIds:
    """Return the ids in the argument of a tool call: a string, a number, or a list of these at any depth."""
    prefixes: dict[str, None] = {}
    unreadable: dict[str, None] = {}
    for item in _items(given):
        if len(prefixes) + len(unreadable) == _MOST_IDS:
            return AskedIds(list(prefixes), list(unreadable), has_more=True)
        bare = _DECORATION.sub("", item).lower().removeprefix("0x")
        if _ID.fullmatch(bare):
            prefixes[bare] = None
        elif bare:
            unreadable[shorten(one_line(item.strip()), _LONGEST_SHOWN)] = None
    return AskedIds(list(prefixes), list(unreadable), has_more=False)


def _items(given: Any) -> Iterator[str]:
    pending = [given]
    while pending:
        item = pending.pop()
        if is_array(item):
            pending.extend(reversed(item))
        elif isinstance(item, str):
            yield from re.split("[,;]", item)
        elif isinstance(item, (int, float)) and abs(item) < _LARGEST_NUMBER:
            yield str(item)
        elif item is not None:
            yield f"({type(item).__name__})"
