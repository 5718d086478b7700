"""The value of an attribute as text on one line."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scenario._judge.digest.redaction import REDACTED, names_a_secret, redact_quoted
from scenario._judge.digest.text import one_line
from scenario._judge.media import truncate_media
from scenario._judge.shapes import is_array, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable

DUPLICATE = "[DUPLICATE - SEE ABOVE]"

_JSON_START = re.compile(r"\s*[\[{]")


def _never(_: str) -> bool:
    return False


def value_text(value: Any, is_duplicate: Callable[[str], bool] = _never) -> str:
    """Return a value as text: JSON, or a plain string as it is; media shortened, secrets taken out.

    Args:
        value: any value; a string that holds a JSON object or array is treated like one.
        is_duplicate: whether a string, the value or one inside it, gives way to a marker.
    """
    try:
        if isinstance(value, str):
            return one_line(_string(value, is_duplicate))
        return one_line(_json(value, is_duplicate))
    except Exception as error:  # noqa: BLE001 - spans may hold objects that raise anything when read
        return f"[unreadable {type(value).__name__}: {type(error).__name__}]"


def _string(text: str, is_duplicate: Callable[[str], bool]) -> str:
    if is_duplicate(text):
        return DUPLICATE
    if _JSON_START.match(text):
        with suppress(ValueError, RecursionError):  # no JSON, or too deep to be read: it is just text
            return _json(json.loads(text), is_duplicate)
    return redact_quoted(truncate_media(text))


def _json(value: Any, is_duplicate: Callable[[str], bool]) -> str:
    # Media first: a content part tells what its data is only as long as the data is whole.
    return json.dumps(_cleaned(truncate_media(value), is_duplicate), ensure_ascii=False)


def _cleaned(value: Any, is_duplicate: Callable[[str], bool]) -> Any:
    if isinstance(value, str):
        return _string(value, is_duplicate)
    if is_mapping(value):
        return {
            key: REDACTED if names_a_secret(key) else _cleaned(item, is_duplicate)
            for key, item in value.items()
        }
    if is_array(value):
        return [_cleaned(item, is_duplicate) for item in value]
    return value
