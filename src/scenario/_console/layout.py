"""How a message is laid out: labelled paragraphs of safe text, without colour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scenario._console.safe_text import safe_line, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenario.types import Message

_JSON_LINES = 5
_SPEAKER = "\N{SPEAKER WITH THREE SOUND WAVES}"
_TEXTS = frozenset({"text", "input_text", "output_text"})
_AUDIOS = frozenset({"audio", "input_audio"})
_IMAGES = frozenset({"image", "image_url", "input_image"})
_LABELS = {"user": "User", "assistant": "Agent", "tool": "ToolResult", "function": "ToolResult"}


class Paragraph(NamedTuple):
    """A label, and what stands behind it."""

    label: str
    text: str


def layout(message: Message) -> list[Paragraph]:
    """Return the paragraphs of `message`: what was said, then one for each tool call."""
    role = message["role"]
    label = _LABELS.get(role) or safe_line(role).title()
    content = message.get("content")
    text = _json_text(content) if label == "ToolResult" else safe_text(_said(content))
    calls = list(_tool_calls(message))
    return [Paragraph(label, text), *calls] if text or not calls else calls


def _tool_calls(message: Message) -> Iterator[Paragraph]:
    calls = message.get("tool_calls")
    for call in cast("list[Any]", calls) if isinstance(calls, list) else ():
        function = _mapping(_mapping(call).get("function"))
        name = safe_line(str(function.get("name")))
        yield Paragraph(f"ToolCall({name})", _json_text(function.get("arguments")))


def _said(content: Any) -> str:
    if not isinstance(content, list):
        return "" if content is None else str(content)
    parts = [_mapping(part, text=part) for part in cast("list[Any]", content)]
    kinds = [str(part.get("type")) for part in parts]
    texts = [str(part.get("text")) for part, kind in zip(parts, kinds, strict=True) if kind in _TEXTS]
    if not _AUDIOS.isdisjoint(kinds):  # The text parts beside audio are its transcript.
        texts = [_SPEAKER, *(texts or ["(audio)"])]
    media = [_tag(kind) for kind in kinds if kind not in _TEXTS | _AUDIOS]
    return " ".join(texts + media)


def _mapping(value: Any, *, text: Any = None) -> dict[str, Any]:
    """Return a part of a message as a dict; one that is none, which agents may write, counts as text."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    return {} if text is None else {"type": "text", "text": text}


def _tag(kind: str) -> str:
    return "<image>" if kind in _IMAGES else f"<{kind}>"


def _json_text(value: Any) -> str:
    """Return JSON, or what should have been JSON, pretty-printed and cut."""
    if value is None:
        return ""
    try:
        data = json.loads(value) if isinstance(value, str) else value
        text = json.dumps(data, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = str(value)
    lines = safe_text(text).splitlines()
    if len(lines) > _JSON_LINES:
        lines[_JSON_LINES:] = ["..."]
    return "\n".join(lines)
