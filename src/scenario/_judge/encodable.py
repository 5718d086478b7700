"""Text that can be sent to a provider."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which UTF-8 does not know, as visible escapes."""
    return text.encode("utf-8", "backslashreplace").decode()
