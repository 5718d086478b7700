"""JSON in which an object keeps all its members: of two equal names none hides the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_STARTS = 200  # braces at which an object is tried; bounds the work on hostile text


class JsonObject(list[tuple[str, Any]]):
    """The members of a JSON object, in order."""

    def all(self, name: str) -> list[Any]:
        """Return the values of every member of that name."""
        return [value for key, value in self if key == name]


_decoder = json.JSONDecoder(object_pairs_hook=JsonObject)


def decode(text: str) -> Any:
    """Return the value of a JSON text, objects as `JsonObject`.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=JsonObject)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def as_object(value: Any) -> JsonObject | None:
    """Return an object, decoded first if it comes as JSON in a string; `None` when it is none."""
    if isinstance(value, str):
        try:
            value = decode(value)
        except ValueError:
            return None
    return value if isinstance(value, JsonObject) else None


def objects_with(text: str, *names: str) -> Iterator[tuple[JsonObject, str]]:
    """Yield the JSON objects within a text that have members of all these names, outermost first.

    Each comes with the piece of the text that it was read from.
    """
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            return
        end = start + 1
        try:
            value, stop = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            value = None
        else:
            if isinstance(value, JsonObject) and all(value.all(name) for name in names):
                yield value, text[start:stop]
                end = stop
        start = text.find("{", end)
