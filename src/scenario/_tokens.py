"""Sizes of text in estimated model tokens."""

from __future__ import annotations

DEFAULT_TOKEN_THRESHOLD = 8192
"""Size of a trace digest above which the judge gets its structure only."""

_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \n"


def estimate_tokens(text: str) -> int:
    """Return the estimated number of tokens of `text`: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def cautious_tokens(text: str) -> int:
    """Return the number of tokens that `text` should not exceed, for what must fit into a context window.

    Letters and blanks count like in `estimate_tokens`. Digits, signs and other scripts count twice as much:
    of them a model's vocabulary has shorter pieces.
    """
    encoded = text.encode("utf-8", "surrogatepass")
    dense = len(encoded.translate(None, _PLAIN))
    return -(-(len(encoded) + dense) // 4)
