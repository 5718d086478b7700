"""One message of the conversation in the form that events carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from scenario._events.jsonable import json_text
from scenario._events.log import warn
from scenario._ids import MESSAGE, new_id
from scenario._media import elide_media

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


class WireMessage:
    """A message on the wire: made once per message, shared by all snapshots of the run.

    What is derived from it is built when first needed, on whichever thread needs it. Two threads may build
    at the same time; the ids are the message's own, so the results are equal.

    Attributes:
        id: the message's own id, or one generated for it.
        omitted: whether it cannot be sent: it answers a tool call without saying which.
    """

    def __init__(self, message: object, id: str | None = None) -> None:
        """Take `message`, which must not be changed any more.

        Args:
            message: a message of the conversation, well-formed or not.
            id: the id to use unless the message has one of its own.
        """
        # The cast only names the type that `isinstance` cannot see into.
        fields = cast("Mapping[str, Any]", message) if isinstance(message, Mapping) else {"content": message}
        self._message: Mapping[str, Any] = fields
        self._call_ids: dict[int, str] = {}
        self.id = str(fields.get("id") or id or new_id(MESSAGE))
        self.omitted = self._role == "tool" and not self._tool_call_id
        if self.omitted:
            warn("A message of role %r is left out of the events: it names no tool call.", fields.get("role"))

    @cached_property
    def form(self) -> dict[str, Any]:
        """The message as subscribers see it."""
        return self._build()

    @property
    def text(self) -> str:
        """The message as JSON, media included; not kept, because media is large."""
        return json_text(self._build())

    @cached_property
    def lean_text(self) -> str:
        """The message as JSON, media replaced."""
        return elide_media(self.text)

    @property
    def _role(self) -> str:
        role = self._message.get("role")
        if role == "function":
            return "tool"
        return role if isinstance(role, str) and role in _ROLES else "system"

    @property
    def _tool_call_id(self) -> object:
        return self._message.get("name" if self._message.get("role") == "function" else "tool_call_id")

    def _build(self) -> dict[str, Any]:
        message = self._message
        form: dict[str, Any] = {
            "id": self.id,
            "role": self._role,
            "content": _content(message.get("content")),
        }
        form |= {key: str(message[key]) for key in ("name", "trace_id") if message.get(key) is not None}
        if self._role == "assistant":
            form["toolCalls"] = self._tool_calls()
        if self._role == "tool":
            form["toolCallId"] = str(self._tool_call_id)
        return form

    def _tool_calls(self) -> list[dict[str, Any]]:
        given = self._message.get("tool_calls")
        # The cast only names the type that `isinstance` cannot see into.
        calls = cast("Sequence[object]", given) if isinstance(given, list | tuple) else ()
        return [self._tool_call(position, call) for position, call in enumerate(calls)]

    def _tool_call(self, position: int, call: object) -> dict[str, Any]:
        fields = _mapping(call)
        function = _mapping(fields.get("function"))
        arguments = function.get("arguments")
        return {
            # `setdefault` is atomic: two threads that build agree on the id.
            "id": str(fields.get("id") or self._call_ids.setdefault(position, new_id("scenariotoolcall"))),
            "type": "function",
            "function": {
                "name": str(function.get("name") or "unknown"),
                "arguments": "{}" if arguments is None else _content(arguments),
            },
        }


def _mapping(value: object) -> Mapping[str, Any]:
    # The cast only names the type that `isinstance` cannot see into.
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _content(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)
