"""Text from reports, made fit for a page: nothing in it is markup, invisible, or out of its place.

Attackers and targets wrote most of it. `html.escape` keeps it from becoming markup; what is left are
characters that a reader does not see but the page obeys: direction controls that reorder what stands beside
them, characters without width that hide words, towers of combining marks that cover other lines. They become
visible.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_MARKS = 5  # on one letter; no living script needs more
_MOST_NAMED = 4  # invisible characters of one run that are named; a whole hidden message is only counted

# Without a shape of their own, though Unicode does not file them under "format".
_BLANKS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
)
_SHAPELESS = re.compile(f"[{_BLANKS}]")
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"  # they shape Persian words and emoji
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_PLAIN = re.compile(
    r"[\n\t\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03c9\u0410-\u044f\u2010-\u2027\u20ac]*"
)


def escaped(text: str) -> str:
    """Return text as HTML: markup characters escaped, invisible characters as marked code points."""
    return _made_visible(text, _chip)


def escaped_plainly(text: str) -> str:
    """Return text as HTML without any element, for titles and attributes."""
    return _made_visible(" ".join(text.split()), lambda code_points: f"[{code_points}]")


def cut(text: str, limit: int) -> str:
    """Return the text, or of a longer one its beginning and how much is missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({len(text) - limit:,} more characters in the report's file)"


def _made_visible(text: str, mark: Callable[[str], str]) -> str:
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text):
        return escape(text)
    pieces: list[str] = []
    shown: list[str] = []
    hidden: list[str] = []
    marks = 0
    for position, character in enumerate(text):
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks > _MOST_MARKS or _is_hidden(text, position):
            if not hidden:
                pieces.append(escape("".join(shown)))
                shown.clear()
            hidden.append(character)
            continue
        if hidden:
            pieces.append(mark(_named(hidden)))
            hidden.clear()
        shown.append(character)
    pieces.append(mark(_named(hidden)) if hidden else escape("".join(shown)))
    return "".join(pieces)


def _is_hidden(text: str, position: int) -> bool:
    character = text[position]
    if character in "\n\t":
        return False
    if character in _JOINERS:
        # One of them after a letter of such a script or an emoji is spelling; all others hide something.
        before = text[position - 1] if position else " "
        return before.isascii() or before in _JOINERS or _is_shapeless(before)
    return _is_shapeless(character)


def _is_shapeless(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or _SHAPELESS.match(character) is not None


def _named(characters: list[str]) -> str:
    names = " ".join(f"U+{ord(character):04X}" for character in characters[:_MOST_NAMED])
    more = len(characters) - _MOST_NAMED
    return f"{names} +{more}" if more > 0 else names


def _chip(code_points: str) -> str:
    return f'<span class="code-point">{code_points}</span>'
