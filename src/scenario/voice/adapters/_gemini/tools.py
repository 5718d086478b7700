"""The tools that the model calls: run here, or answered by the script."""

from __future__ import annotations

import asyncio
import inspect
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scenario.voice.adapters._gemini.incoming import FunctionCall
    from scenario.voice.adapters.base import VoiceAgentAdapter

_UNWIND_SECONDS = 1.0
"""How long a tool that does not want to end holds up the end of the conversation."""

Result = tuple[str, str, dict[str, Any]]
"""Id and name of a call, and the response to it."""


class Tools:
    """Calls that wait for their results.

    Args:
        adapter: tells its run of calls and results.
        handlers: what runs a tool, by its name: called with its arguments as keywords; sync or async.
        answer: sends results.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        handlers: Mapping[str, Callable[..., Any]],
        answer: Callable[[Sequence[Result]], Awaitable[None]],
    ) -> None:
        self._adapter = adapter
        self._handlers = handlers
        self._answer = answer
        self._waiting: dict[str, str] = {}  # names of the calls that the script answers, by id
        self._running: dict[str, asyncio.Task[Result]] = {}
        self._batches: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        """Whether a tool is being run here."""
        return bool(self._batches)

    @property
    def is_waiting(self) -> bool:
        """Whether the script owes a result."""
        return bool(self._waiting)

    def call(self, calls: Sequence[FunctionCall]) -> bool:
        """Tell of calls, and run those that there is a handler for; their results are sent together.

        Returns:
            Whether all of them are run here.
        """
        for call in calls:
            self._adapter.line.tool_call(call.name, json.dumps(call.arguments), call.id)
        handled = [call for call in calls if call.name in self._handlers]
        self._waiting.update((call.id, call.name) for call in calls if call.name not in self._handlers)
        if handled:
            tasks = {call.id: asyncio.create_task(self._run(call)) for call in handled}
            self._running.update(tasks)
            batch = asyncio.create_task(self._answer_together(tasks))
            self._batches.add(batch)
            batch.add_done_callback(self._batches.discard)
        return len(handled) == len(calls)

    def cancel(self, call_ids: Sequence[str]) -> None:
        """The model does not want results of these calls any more."""
        for call_id in call_ids:
            self._waiting.pop(call_id, None)
            if (task := self._running.pop(call_id, None)) is not None:
                task.cancel()

    def take(self, call_id: str, result: str) -> Result | None:
        """Return what the script's result is to the model; `None` when it does not wait for one."""
        if (name := self._waiting.pop(call_id, None)) is None:
            return None
        try:
            value: object = json.loads(result)
        except ValueError:
            value = result
        return call_id, name, _response(value)

    async def close(self) -> None:
        """Cancel what runs."""
        tasks = [*self._batches, *self._running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_UNWIND_SECONDS)

    async def _answer_together(self, tasks: Mapping[str, asyncio.Task[Result]]) -> None:
        await asyncio.wait(tasks.values())
        wanted = [call_id for call_id in tasks if self._running.pop(call_id, None) is not None]
        if results := [tasks[call_id].result() for call_id in wanted]:
            for call_id, name, response in results:
                self._adapter.line.tool_result(name, response, call_id)
            with suppress(VoiceTransportError):  # a lost connection is told to those who receive
                await self._answer(results)

    async def _run(self, call: FunctionCall) -> Result:
        """Run a tool; what goes wrong is told to the model, as it would be by a real service."""
        try:
            result = self._handlers[call.name](**call.arguments)
            response = _response(await result if inspect.isawaitable(result) else result)
        except Exception as error:  # noqa: BLE001  # a tool of the user's may raise anything
            response = {"error": f"{type(error).__name__}: {error}"}
        return call.id, call.name, response


def _response(value: object) -> dict[str, Any]:
    """Return a result as the JSON object that a function response must be."""
    plain: object = json.loads(json.dumps(value, default=str))
    return cast("dict[str, Any]", plain) if isinstance(plain, dict) else {"output": plain}
