"""Tells a message that is already encoded from a plain one."""

from __future__ import annotations

import codecs
import re

from scenario._red_team.english import english_share

_BASE64 = re.compile(r"[A-Za-z0-9+/=]{40,}")
_FENCE = re.compile(r"^(`{3,})[^\n`]*\n.*?^\1`*\s*$", re.DOTALL | re.MULTILINE)
_LEET_WORD = re.compile(r"(?=.*[a-z])(?=.*[013457])[a-z013457',.?!:;-]{2,}", re.IGNORECASE)
_LEAST_WORDS = 5
_LEAST_CHARACTERS = 20
_LEET_SHARE, _SPLIT_SHARE = 0.3, 0.8
_READABLE = 0.2  # share of small words from which a text is taken for English


def looks_encoded(text: str) -> bool:
    """Whether a message, or a paragraph of it, is in one of the default encodings or in hexadecimal."""
    text = text.strip()
    if _FENCE.search(text):
        return True
    return any(_is_encoded(paragraph.strip()) for paragraph in text.split("\n\n"))


def _is_encoded(paragraph: str) -> bool:
    if _BASE64.fullmatch(paragraph):
        return True
    words = paragraph.split()
    if len(words) < _LEAST_WORDS:
        return False
    single = sum(len(word) == 1 for word in words)
    if len(words) >= _LEAST_CHARACTERS and single >= _SPLIT_SHARE * len(words):
        return True
    leet = sum(_LEET_WORD.fullmatch(word) is not None for word in words)
    return leet >= _LEET_SHARE * len(words) or _is_rot13(paragraph)


def _is_rot13(text: str) -> bool:
    rotated = english_share(codecs.encode(text, "rot13"))
    return rotated >= _READABLE and english_share(text) < rotated / 2
