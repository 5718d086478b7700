"""The target's messages as text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from scenario._media import elide_media

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.types import Message

_WORDS = ("text", "refusal")
_MEDIA = re.compile("audio|image|video|file|document")


def visible_text(content: Any) -> str:
    """Return the text of a message's content; media become a note of their kind, other parts JSON."""
    parts = cast("list[Any]", content) if isinstance(content, list) else [content]
    texts: list[str] = []
    others: list[str] = []
    for part in parts:
        said, kind = _said(part), _kind(part)
        if said is not None:
            texts.append(said.strip())
        elif _MEDIA.search(kind):
            others.append(f"({kind})")
        elif part is not None:
            others.append(elide_media(_plain(part)))
    # Audio comes with its transcript as a text part.
    shown = [other for other in others if not (any(texts) and "audio" in other)]
    return "\n".join(text for text in (*texts, *shown) if text)


def response_text(messages: Iterable[Message]) -> str:
    """Return what the target said, and one line per tool call with name and arguments."""
    return "\n".join(_lines(messages))


def full_response(messages: Iterable[Message], *, longest_result: int) -> str:
    """Return the same with the results of tools, each cut to a number of characters."""
    return "\n".join(_lines(messages, longest_result=longest_result))


def has_tool_calls(messages: Iterable[Message]) -> bool:
    """Whether the target called a tool."""
    return any(message.get("role") == "assistant" and message.get("tool_calls") for message in messages)


def one_line(text: str, limit: int) -> str:
    """Return text without line breaks; of a longer one the first `limit` characters and three dots."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[:limit]}..."


def _said(part: Any) -> str | None:
    """Return the words of a part, whatever its API calls them; `None` when it has none."""
    if isinstance(part, str):
        return part
    fields = cast("Message", part) if isinstance(part, dict) else {}
    if fields.get("type") == "text" and not fields.get("text"):
        return ""
    return next((fields[key] for key in _WORDS if isinstance(fields.get(key), str)), None)


def _kind(part: Any) -> str:
    return str(cast("Message", part).get("type") or "") if isinstance(part, dict) else ""


def _lines(messages: Iterable[Message], *, longest_result: int = 0) -> list[str]:
    lines: list[str] = []
    for message in messages:
        if message.get("role") == "assistant":
            lines.append(visible_text(message.get("content")))
            calls: Any = message.get("tool_calls")
            lines += [_call(call) for call in cast("list[Any]", calls or ())]
        elif message.get("role") == "tool" and longest_result:
            result = elide_media(_plain(message.get("content")))
            cut = "..." if len(result) > longest_result else ""
            lines.append(f"[tool_result: {result[:longest_result]}{cut}]")
    return [line for line in lines if line]


def _call(call: Any) -> str:
    function: Any = cast("Message", call).get("function") if isinstance(call, dict) else None
    named = cast("Message", function) if isinstance(function, dict) else {}
    return f"[tool_call: {named.get('name') or 'unknown'}({_plain(named.get('arguments') or '')})]"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
