"""The tools that a realtime model calls."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass
class ToolCall:
    """A call, pieced together from the events that tell of it.

    Attributes:
        call_id: of the call.
        name: of the tool.
        arguments: final, as JSON text.
        streamed: arguments so far, as they came in deltas.
        is_told: whether the run knows of it.
    """

    call_id: str
    name: str = ""
    arguments: str = ""
    streamed: str = ""
    is_told: bool = False

    @property
    def json(self) -> str:
        """Its arguments as the model sent them, valid JSON or not; `{}` when it sent none."""
        return self.arguments or self.streamed or "{}"


def note_item(calls: dict[str, ToolCall], item: Mapping[str, Any]) -> ToolCall | None:
    """Take in an item of the conversation; return the call that it is, if it is one."""
    if item.get("type") != "function_call" or not (call_id := item.get("call_id") or item.get("id")):
        return None
    call = calls.setdefault(call_id, ToolCall(call_id))
    call.name = item.get("name") or call.name
    call.arguments = call.arguments or item.get("arguments") or ""
    return call


async def run_tool(call: ToolCall, handler: Callable[..., Any]) -> str:
    """Return what a tool says; what goes wrong is told to the model, as a real service would."""
    try:
        arguments = json.loads(call.json)
        result = handler(**arguments)
        result = await result if inspect.isawaitable(result) else result
    except Exception as error:  # noqa: BLE001  # a tool of the user's may raise anything
        return json.dumps({"error": f"{type(error).__name__}: {error}"})
    return result if isinstance(result, str) else json.dumps(result, default=str)
