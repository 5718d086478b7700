"""Text that comes from models and tools, made fit for a terminal."""

from __future__ import annotations

from scenario._media import elide_media

# Everything that a terminal may obey: C0 but for tab and newline, DEL, C1. Unicode has pictures of the first.
_CONTROLS = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: 0x2421}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
)


def safe_text(text: str) -> str:
    """Return `text` without anything that steers a terminal, and without media."""
    return elide_media(text).replace("\r\n", "\n").translate(_CONTROLS)


def safe_line(text: str) -> str:
    """Return `text` like `safe_text`, on one line."""
    return " ".join(safe_text(text).split())
