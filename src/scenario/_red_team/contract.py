"""Reading the JSON objects that attackers and scorers are asked for, with the slips that models make."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = "observation|strategy|reply|techniques|thought|improvement|prompt"
_NOTES = {"observation", "strategy", "thought", "improvement"}
_FENCE = re.compile(r"\A```[^\n`]*\n(.*?)\n?```\Z", re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])')
_KEY = re.compile(
    rf"[\"'`\u201c\u2018](?:{_KEYS})\\?[\"'`\u201d\u2019]\s*:"  # in quotes, escaped ones too
    rf"|[{{,]\s*(?:{_KEYS})\s*:"  # without quotes, in an object
    rf"|^[ \t]*\W{{0,3}}(?:{_KEYS})\W{{0,3}}[:=]|[*_]{{2}}(?:{_KEYS})\W{{0,3}}:"  # as headings
    rf"|</?(?:{_KEYS})>",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_OBJECTS = 50  # looked at in one answer
_DECODER = json.JSONDecoder()


def read_object(raw: str, key: str) -> dict[str, Any] | None:
    """Return the object that an answer is, or the first one in it that has the key; else `None`."""
    return next(iter(objects_with(raw, key)), None)


def objects_with(raw: str, key: str) -> list[dict[str, Any]]:
    """Return the objects in an answer that have the key, without those inside of another such object."""
    text = raw.strip()
    if fenced := _FENCE.match(text):
        text = fenced[1].strip()
    strict = list(_outermost(text, key))
    return strict or list(_outermost(_TRAILING_COMMA.sub(lambda match: match[1] or "", text), key))


def _outermost(text: str, key: str) -> Iterator[dict[str, Any]]:
    end = 0
    for brace in islice(re.finditer(r"\{", text), _MOST_OBJECTS):
        if brace.start() < end:
            continue
        try:
            value, stop = _DECODER.raw_decode(text, brace.start())
        except (ValueError, RecursionError):
            continue
        if key in value:
            yield value
            end = stop


def text_after_key(raw: str, key: str) -> str | None:
    """Return the complete JSON string after a key of an otherwise unreadable object."""
    for match in re.finditer(rf'"{key}"\s*:\s*(?=")', raw):
        try:
            value, _ = _DECODER.raw_decode(raw, match.end())
        except ValueError:
            continue
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def shows_format(text: str) -> bool:
    """Whether a text holds parts of an answer's format, which the target must not read."""
    return text.lstrip().startswith(("{", "```", "[{")) or _KEY.search(text) is not None


def message_of(value: Any) -> str | None:
    """Return a field as the message that it is: text that is not blank, or a number; else `None`.

    A text that is itself an answer with notes is no message.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    nested = read_object(value, "reply") or read_object(value, "prompt") or {}
    return None if nested.keys() & _NOTES else value.strip()


def note_of(value: Any) -> str:
    """Return a field as text; nothing and `null` are empty."""
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
