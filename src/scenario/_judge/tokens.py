"""Sizes of text in estimated model tokens."""

from __future__ import annotations

DEFAULT_TOKEN_THRESHOLD = 8192
"""Size of a trace digest above which the judge gets its structure only."""


def estimate_tokens(text: str) -> int:
    """Return the estimated number of tokens of `text`: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)
