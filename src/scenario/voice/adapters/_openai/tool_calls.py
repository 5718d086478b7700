"""The tools that a realtime model calls."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario.voice.adapters._openai import client_events
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from scenario.voice.adapters.base import VoiceAgentAdapter

_logger = logging.getLogger("scenario.voice")
_UNWIND_SECONDS = 1.0
"""How long a tool that does not want to end holds up the end of the connection."""


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


def note_arguments(calls: dict[str, ToolCall], event: Mapping[str, Any]) -> None:
    """Take in an event about the arguments of a call."""
    call = calls.setdefault(event["call_id"], ToolCall(event["call_id"]))
    if event["type"].endswith(".delta"):
        call.streamed += event["delta"]
        return
    call.name = call.name or event.get("name") or ""
    call.arguments = event.get("arguments") or call.arguments


class Tools:
    """Runs the tools that it has handlers for, and knows which results are still owed to the model.

    Attributes:
        owed: ids of the calls without a result.

    Args:
        adapter: its line is told of calls and results.
        handlers: what runs a tool, by its name.
        send: sends a frame.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        handlers: Mapping[str, Callable[..., Any]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.owed: set[str] = set()
        self._adapter = adapter
        self._handlers = handlers
        self._send = send
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, call: ToolCall) -> None:
        """Tell the run of a call, once."""
        if not call.is_told:
            call.is_told = True
            self._adapter.line.tool_call(call.name, call.json, call.call_id)
            self.owed.add(call.call_id)

    def start(self, calls: Mapping[str, ToolCall], then: Callable[[], Awaitable[None]]) -> bool:
        """Run those calls that have no result yet and that there are handlers for, in the background.

        Args:
            calls: the calls of a turn.
            then: awaited when the model has all their results.

        Returns:
            Whether there are any.
        """
        mine = [call for call in calls.values() if call.call_id in self.owed and call.name in self._handlers]
        if mine:
            task = asyncio.create_task(self._run(mine, then), name="tools of a realtime model")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return bool(mine)

    async def give(self, call_id: str, result: str) -> bool:
        """Give the model a result that somebody else has; return whether a call waits for it."""
        if call_id not in self.owed:
            _logger.debug("a tool's result is not sent: no call of this model waits for it")
            return False
        self.owed.discard(call_id)
        await self._send(client_events.tool_output(call_id, result))
        return True

    async def close(self) -> None:
        """Stop what still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_UNWIND_SECONDS)

    async def _run(self, calls: list[ToolCall], then: Callable[[], Awaitable[None]]) -> None:
        try:
            for call in calls:
                result = await run_tool(call, self._handlers[call.name])
                self.owed.discard(call.call_id)
                await self._send(client_events.tool_output(call.call_id, result))
                self._adapter.line.tool_result(call.name, result, call.call_id)
            await then()
        except VoiceTransportError:
            _logger.debug("the connection was lost while a tool ran; whoever receives is told")


async def run_tool(call: ToolCall, handler: Callable[..., Any]) -> str:
    """Return what a tool says; what goes wrong is told to the model, as a real service would."""
    try:
        arguments = json.loads(call.json)
        result = handler(**arguments)
        result = await result if inspect.isawaitable(result) else result
    except Exception as error:  # noqa: BLE001  # a tool of the user's may raise anything
        return json.dumps({"error": f"{type(error).__name__}: {error}"})
    return result if isinstance(result, str) else json.dumps(result, default=str)
