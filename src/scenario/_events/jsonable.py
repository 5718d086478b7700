"""Any value as one that JSON can hold."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

logger = logging.getLogger("scenario")

_MAX_DEPTH = 50


def jsonable(value: object, _depth: int = 0) -> Any:
    """Return a copy of `value` for JSON: keys become strings, and so does what JSON has no form for.

    Not-a-number, infinities, unknown objects and whatever is nested deeper than 50 levels (cycles, for
    example) become text.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if _depth < _MAX_DEPTH:
        if isinstance(value, Mapping):
            # The cast only names the type that `isinstance` cannot see into.
            pairs = cast("Mapping[object, object]", value).items()
            return {_text(key): jsonable(item, _depth + 1) for key, item in pairs}
        if isinstance(value, list | tuple):
            return [jsonable(item, _depth + 1) for item in cast("Sequence[object]", value)]  # as above
    return _text(value)


def json_text(value: object) -> str:
    """Return `value` as compact JSON text; what JSON has no form for becomes text in it."""
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:
        logger.debug("a value of type %s has no text form", type(value).__name__, exc_info=True)
        return f"<{type(value).__name__}>"
