"""The conversation as the human user sees it, with the roles reversed for the model that plays the human."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.types import Message

_REVERSED = {"user": "assistant", "assistant": "user", "system": "system"}
_GREETING: Message = {"role": "user", "content": "Hello, how can I help you?"}
_AUDIO = ("input_audio", "audio")


def reversed_history(messages: Iterable[Message]) -> list[Message]:
    """Return the conversation for the model: text only, roles reversed, starting with the agent.

    Tool calls and tool results are left out; media become placeholders; neighbours of one role are merged.
    """
    history: list[Message] = []
    for message in messages:
        role = _REVERSED.get(message.get("role", ""))
        text = visible_text(message.get("content"))
        if role is None or not text:
            continue
        if history and history[-1]["role"] == role:
            history[-1]["content"] += f"\n\n{text}"
        else:
            history.append({"role": role, "content": text})
    first = next((message["role"] for message in history if message["role"] != "system"), None)
    if first != "user":
        lead = next((i for i, m in enumerate(history) if m["role"] != "system"), len(history))
        history.insert(lead, dict(_GREETING))
    return history


def visible_text(content: Any) -> str:
    """Return what a human sees of a message's content; audio is its transcript, or a placeholder."""
    if isinstance(content, str):
        return content.strip()
    if not isinstance(content, list):
        return ""
    parts = [cast("Message", part) for part in cast("list[Any]", content) if isinstance(part, dict)]
    texts = [str(part.get("text") or "").strip() for part in parts if part.get("type") == "text"]
    transcript = " ".join(text for text in texts if text)
    others = [_placeholder(part, heard=bool(transcript)) for part in parts if part.get("type") != "text"]
    return " ".join(text for text in (transcript, *others) if text)


def _placeholder(part: Message, *, heard: bool) -> str:
    kind = str(part.get("type") or "unknown")
    if kind in _AUDIO:
        return "" if heard else "(audio that could not be understood)"
    return f"({kind.removesuffix('_url').replace('_', ' ')})"
