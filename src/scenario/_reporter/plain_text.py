"""Text of models and users, made safe for one line of a terminal or a log."""

from __future__ import annotations

import re

# Control characters, direction overrides and lone surrogates: they move the cursor, colour the rest of the
# log, show text in another order than it has, or cannot be encoded at all.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def one_line(text: str, limit: int | None = None) -> str:
    """Return the text with whitespace runs as single spaces and unsafe characters as visible escapes.

    Args:
        text: anything.
        limit: characters to keep; a longer text ends in `...`.
    """
    line = " ".join(text.split())
    if limit is not None and len(line) > limit:
        line = f"{line[: limit - 3].rstrip()}..."
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), line)


def wrapped(text: str, width: int) -> list[str]:
    """Break a line at spaces into lines of at most `width` terminal cells (a wide character takes two)."""
    from rich.console import Console
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width)] or [""]


def can_show(characters: str, encoding: str) -> bool:
    """Tell whether a stream of that encoding can carry the characters."""
    try:
        characters.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
