"""The target's messages as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from scenario._media import elide_media

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.types import Message


def visible_text(content: Any) -> str:
    """Return the text of a message's content; other parts become a note of their kind."""
    if isinstance(content, str):
        return content.strip()
    if not isinstance(content, list):
        return ""
    parts = [cast("Message", part) for part in cast("list[Any]", content) if isinstance(part, dict)]
    texts = [str(part.get("text") or "").strip() for part in parts if part.get("type") == "text"]
    # Audio comes with its transcript as a text part.
    kinds = [str(part.get("type") or "unknown") for part in parts]
    others = [f"({kind})" for kind in kinds if kind != "text" and not (texts and "audio" in kind)]
    return "\n".join(text for text in (*texts, *others) if text)


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
