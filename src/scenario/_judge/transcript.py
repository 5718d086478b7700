"""The conversation as text: one line per message."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from scenario._judge.encodable import encodable
from scenario._judge.media import truncate_media
from scenario._judge.shapes import is_array, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_UNKNOWN = "unknown"
_LONGEST = 16_384  # characters of a tool result or tool argument
_KEPT_AT_EACH_END = _LONGEST // 2

# JSON leaves these line breaks of Unicode as they are; escaped, a message stays on its line.
_LINE_BREAKS = {ord(char): f"\\u{ord(char):04x}" for char in "\x7f\x85\u2028\u2029"}


class JudgeUtils:
    """Helpers for authors of custom judges."""

    @staticmethod
    def build_transcript_from_messages(messages: Iterable[Any]) -> str:
        """Return the conversation as text, one line per message, media shortened; never raises.

        Args:
            messages: messages in OpenAI chat format. They are not changed.
        """
        return "\n".join(transcript_lines(messages))


def transcript_lines(messages: Iterable[Any]) -> list[str]:
    """Return one line per message, without a line break in any of them."""
    fields = [_fields(message) for message in messages]
    # A result may stand before its call, and an id may be used again: the nearest call before it wins.
    names = {call.id: call.name for message in reversed(fields) for call in _tool_calls(message)}
    names.pop(None, None)
    lines: list[str] = []
    for message in fields:
        calls = _tool_calls(message)
        names |= {call.id: call.name for call in calls if call.id is not None}
        lines.append(_line(message, calls, names))
    return lines


class _Call(NamedTuple):
    id: str | None
    name: str
    arguments: Any


def _line(message: Mapping[str, Any], calls: list[_Call], names: Mapping[str | None, str]) -> str:
    role, content = _word(message.get("role")), message.get("content")
    if role == "tool":
        name = names.get(_id(message.get("tool_call_id")), _UNKNOWN)
        return f"tool ({name}): {_bounded_json(content)}"
    if not calls:
        return f"{role}: {_json(content)}"
    shown = [] if content is None or content == "" else [_json(content)]
    shown += [f"[tool_call: {call.name}({_arguments(call.arguments)})]" for call in calls]
    return f"{role}: {' '.join(shown)}"


def _tool_calls(message: Mapping[str, Any]) -> list[_Call]:
    entries = message.get("tool_calls")
    calls: list[_Call] = []
    for entry in entries if is_array(entries) else ():
        call = _plain(entry)
        if is_mapping(call):
            fields = _fields(call.get("function"))
            calls.append(_Call(_id(call.get("id")), _word(fields.get("name")), fields.get("arguments")))
    return calls


def _arguments(given: Any) -> str:
    if isinstance(given, str):
        with suppress(ValueError, RecursionError):  # else it is shown as the text that it is
            given = json.loads(given)
    return _bounded_json(given)


def _bounded_json(value: Any) -> str:
    if isinstance(value, str):
        return _json(_bounded(truncate_media(value)))
    shown = _json(value)
    return shown if len(shown) <= _LONGEST else _json(_bounded(shown))


def _bounded(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    omitted = len(text) - 2 * _KEPT_AT_EACH_END
    return f"{text[:_KEPT_AT_EACH_END]} [... {omitted} characters omitted ...] {text[-_KEPT_AT_EACH_END:]}"


def _json(value: Any) -> str:
    try:
        text = json.dumps(truncate_media(value), ensure_ascii=False)
    except Exception as error:  # noqa: BLE001 - agents put objects into messages that raise anything when read
        text = json.dumps(f"[unreadable {type(value).__name__}: {type(error).__name__}]")
    return encodable(text).translate(_LINE_BREAKS)


def _word(value: Any) -> str:
    """Return a role or a tool's name as it can stand on a line."""
    if not isinstance(value, str):
        return _UNKNOWN
    return " ".join("".join(char if char.isprintable() else " " for char in value).split()) or _UNKNOWN


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _fields(message: Any) -> Mapping[str, Any]:
    fields = _plain(message)
    return fields if is_mapping(fields) else {"content": fields}


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else value
