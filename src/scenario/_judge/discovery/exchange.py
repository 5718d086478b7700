"""One step of discovery: what the model asked for, and what it was shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scenario._judge.encodable import encodable
from scenario._judge.json_pairs import as_object
from scenario._untrusted.fence import escape

if TYPE_CHECKING:
    from scenario.types import Message, ToolCall

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_LONGEST_QUOTE = 1_000  # characters of arguments told in words


class Exchange(NamedTuple):
    """A reply with tool calls, and the results of its calls, in order."""

    text: str | None
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]

    def messages(self) -> list[Message]:
        """Return it as the conversation with a model goes: the calls, then one `tool` message for each."""
        ids = self._ids()
        calls = [
            {"id": id, "type": "function", "function": {"name": _name(call), "arguments": _arguments(call)}}
            for id, call in zip(ids, self.calls, strict=True)
        ]
        return [
            {"role": "assistant", "content": self.text, "tool_calls": calls},
            *(
                {"role": "tool", "tool_call_id": id, "content": result}
                for id, result in zip(ids, self.results, strict=True)
            ),
        ]

    def told(self) -> Message:
        """Return it in plain words, for a call that does not offer the tools any more."""
        parts = [self.text] if self.text else []
        for call, result in zip(self.calls, self.results, strict=True):
            asked = escape(f"{_name(call)}({encodable(call.arguments)})"[:_LONGEST_QUOTE])
            parts.append(f"I called {asked}. What came back:\n{result}")
        return {"role": "assistant", "content": "\n\n".join(parts)}

    def _ids(self) -> list[str]:
        """Return an id for each call: the model's own where it is one, and never one twice."""
        ids: dict[str, None] = {}
        for number, call in enumerate(self.calls, 1):
            id = call.id or "call"
            ids[id if id not in ids and call.id else f"{id}_{number}"] = None
        return list(ids) if len(ids) == len(self.calls) else [f"call_{n}" for n in range(len(self.calls))]


def _name(call: ToolCall) -> str:
    # Providers refuse a prompt with other names, and models invent such.
    return call.name if _NAME.fullmatch(call.name) else "unknown_tool"


def _arguments(call: ToolCall) -> str:
    # Some providers want arguments back as an object, so what is none cannot go there.
    is_object = call.arguments.lstrip().startswith("{") and as_object(call.arguments) is not None
    return encodable(call.arguments) if is_object else "{}"
