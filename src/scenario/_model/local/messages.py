"""Messages in the plain form that every chat template takes: a role and a content.

Templates of small models drop tool calls or fail on them, so a call is shown in the JSON form in which the
model itself makes one (see `tool_calls`), and its result as a message to the model.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenario.types import Message


def plain_messages(messages: Sequence[Message], *, instruction: str | None = None) -> list[Message]:
    """Return messages with only `role` and `content`, `instruction` added to the system message."""
    names = {
        call["id"]: call["function"]["name"]
        for message in messages
        for call in message.get("tool_calls") or ()
    }
    plain = [_plain(message, names) for message in messages]
    return _with_instruction(plain, instruction) if instruction else plain


def _plain(message: Message, names: dict[str, str]) -> Message:
    role, content = message["role"], message.get("content") or ""
    if role == "tool":
        name = names.get(message.get("tool_call_id", ""), "the tool")
        return {"role": "user", "content": f"Result of {name}:\n{content}"}
    if calls := message.get("tool_calls"):
        return {"role": role, "content": "\n".join(part for part in (content, *_shown(calls)) if part)}
    return {"role": "system" if role == "developer" else role, "content": content}


def _shown(calls: Iterable[dict[str, Any]]) -> Iterable[str]:
    for call in calls:
        function = call["function"]
        # The arguments are already JSON, or else best shown as they are.
        yield f'{{"tool": {json.dumps(function["name"])}, "arguments": {function["arguments"]}}}'


def _with_instruction(messages: list[Message], instruction: str) -> list[Message]:
    if not messages or messages[0]["role"] != "system":
        return [{"role": "system", "content": instruction}, *messages]
    content = messages[0]["content"]
    longer = (
        f"{content}\n\n{instruction}"
        if isinstance(content, str)
        else [*content, {"type": "text", "text": instruction}]
    )
    return [{"role": "system", "content": longer}, *messages[1:]]
