"""Text from outside, made fit to stand on one line and within a bound."""

from __future__ import annotations

import re

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OMISSION = 40  # bytes that the note of an omission takes at most


def one_line(text: str) -> str:
    """Return `text` with control characters, line breaks and lone surrogates as visible escapes."""
    return text if text.isprintable() else _BREAKS.sub(_escaped, text)


def size(text: str) -> int:
    """Return the number of bytes of `text` in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def shorten(text: str, most: int) -> str:
    """Cut the middle out of a text of more than `most` bytes, and say how many characters are left out."""
    if size(text) <= most:
        return text
    encoded = text.encode("utf-8", "surrogatepass")
    half = max(most - _OMISSION, 0) // 2
    start = encoded[:half].decode(errors="ignore")
    end = encoded[len(encoded) - half :].decode(errors="ignore")
    return f"{start}[... {len(text) - len(start) - len(end)} characters omitted ...]{end}"


def _escaped(found: re.Match[str]) -> str:
    return _SHORT_ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"
