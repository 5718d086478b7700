"""A message of the peer, read once.

Source: https://docs.vapi.ai/server-url/events
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, cast


class MessageError(ValueError):
    """Text that is no JSON object."""


class ToolCall(NamedTuple):
    """A call of a tool; `arguments` is JSON text."""

    id: str
    name: str
    arguments: str


class Message(NamedTuple):
    """What the peer says.

    Attributes:
        type: what it is about; empty when the peer does not say.
        facts: the whole of it.
    """

    type: str
    facts: dict[str, Any]

    def text(self, name: str) -> str:
        """Return a fact that is text; empty when it is not there."""
        value = self.facts.get(name)
        return value if isinstance(value, str) else ""

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The calls in it."""
        given = self.facts.get("toolCallList")
        calls: list[ToolCall] = []
        for item in cast("list[object]", given) if isinstance(given, list) else []:
            call = _object(item)
            function = _object(call.get("function"))
            arguments = function.get("arguments", {})
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            calls.append(ToolCall(str(call.get("id", "")), str(function.get("name", "")), text))
        return calls


def read_message(frame: str) -> Message:
    """Read a text frame; some peers wrap what they say in `{"message": ...}`.

    Raises:
        MessageError: it is no JSON object.
    """
    try:
        value: object = json.loads(frame)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise MessageError("a text frame that is no JSON object")
    facts = _object(cast("object", value))
    if "type" not in facts and isinstance(facts.get("message"), dict):
        facts = _object(facts["message"])
    kind = facts.get("type")
    # A type may name a filter too, as in 'transcript[transcriptType="final"]'.
    return Message(kind.partition("[")[0] if isinstance(kind, str) else "", facts)


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
