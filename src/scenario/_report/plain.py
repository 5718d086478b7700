"""Any value as JSON that every reader takes: finite numbers, whole characters, no endless depth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, cast

_DEEPEST = 40  # levels of a tool's result or a message that are kept
_WIDEST = 128  # bits of an integer; a longer one is no count, seed or score
_ELIDED = "..."


def plain(value: Any, change: Callable[[str], str] = str, *, depth: int = 0) -> Any:
    """Return a value with only dicts, lists, strings, booleans, `None` and numbers that JSON knows.

    Args:
        value: anything; objects of other types become their text.
        change: applied to every string, keys of objects included.
        depth: how deep `value` itself lies.
    """
    if isinstance(value, str):
        return whole(change(whole(value)))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _WIDEST else None
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth >= _DEEPEST:
        return _ELIDED
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value).items()
        return {_key(key, change): plain(item, change, depth=depth + 1) for key, item in entries}
    if isinstance(value, Sequence | Set) and not isinstance(value, bytes | bytearray):
        return [plain(item, change, depth=depth + 1) for item in cast("Sequence[Any]", value)]
    return plain(_text(value), change)


def _key(key: Any, change: Callable[[str], str]) -> str:
    # Numbers of exchanges are keys too; they hold no text that could be changed.
    return str(key) if isinstance(key, int) else plain(str(key), change)


def whole(text: str) -> str:
    """Return text without halves of surrogate pairs, which no file can hold."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - messages are the user's; a broken `__str__` costs its text, not the report
        return f"<{type(value).__name__}>"
