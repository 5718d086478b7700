"""Sortable unique ids: a prefix and 27 base-62 characters (32-bit seconds, then 128 random bits)."""

from __future__ import annotations

import secrets
import time

MESSAGE = "scenariomsg"
"""Prefix of the ids that runs give to messages."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 27  # ceil(160 * log(2) / log(62))


def new_id(prefix: str) -> str:
    """Return a new id such as `scenariorun_2xYz...`; ids of one prefix sort by the second of their making."""
    number = (int(time.time()) & 0xFFFFFFFF) << 128 | secrets.randbits(128)
    digits: list[str] = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}"
