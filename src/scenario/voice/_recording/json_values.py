"""Any value as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, cast

_LONGEST = 500  # characters of a value that JSON does not know
_DEEPEST = 40  # levels
_WIDEST = 1024  # bits of an integer; Python itself refuses to print very long ones


def json_value(value: Any, depth: int = 0) -> Any:
    """Return a value of dicts, lists, strings, booleans, `None` and finite numbers only.

    Anything else becomes its `repr`, cut at 500 characters.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()  # halves of surrogate pairs fit into no file
    if isinstance(value, Integral) and int(value).bit_length() <= _WIDEST:
        return int(value)
    if isinstance(value, Real) and not isinstance(value, Integral) and math.isfinite(value):
        return float(value)
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            items = cast("Mapping[Any, Any]", value).items()
            return {_key(key): json_value(item, depth + 1) for key, item in items}
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            return [json_value(item, depth + 1) for item in cast("Sequence[Any]", value)]
    return _text(value)


def _key(key: Any) -> str:
    return json_value(key) if isinstance(key, str) else _text(key)


def _text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # the value is the user's; a broken `__repr__` costs its text, not the file
        text = f"<{type(value).__name__}>"
    return json_value(text[:_LONGEST])
