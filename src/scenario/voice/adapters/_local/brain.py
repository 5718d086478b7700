"""What a local agent thinks: a conversation with a chat model and its tools."""

from __future__ import annotations

import inspect
import json
from itertools import count
from typing import TYPE_CHECKING, Any

from scenario._model import complete, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scenario.types import Message, ModelResponse, ToolCall
    from scenario.voice._line.ends import LineEnd

_ROUNDS = 8
_STOPPED = json.dumps({"error": "stopped: the user spoke before the tool had answered"})
INAUDIBLE = "[inaudible]"


class Brain:
    """Answers what it is told, in the words of a chat model.

    Attributes:
        history: the conversation, as the model sees it.

    Args:
        name: class name of the agent, for errors.
        model: `provider/name`.
        system_prompt: stands first in every conversation.
        tools: in chat-completions form.
        handlers: what runs a tool, by its name; sync or async.
        params: further parameters of every call: `temperature`, `api_base`, `api_key`, `timeout`, ...
    """

    def __init__(
        self,
        name: str,
        model: str,
        *,
        system_prompt: str,
        tools: Sequence[Mapping[str, Any]] = (),
        handlers: Mapping[str, Callable[..., Any]] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        given = dict(params or {})
        named = {key: given.pop(key, None) for key in ("api_base", "api_key", "temperature", "max_tokens")}
        self._settings = resolve_settings(
            name, model=model, extra_params=given, default_temperature=None, **named
        )
        self._system_prompt = system_prompt
        self._tools = list(tools)
        self._handlers = dict(handlers or {})
        self.history: list[Message] = []
        self.forget()

    def forget(self) -> None:
        """Begin a new conversation."""
        self.history = [{"role": "system", "content": self._system_prompt}]

    def hear(self, text: str) -> None:
        """Take in what the user said; nothing that can be understood is `[inaudible]`."""
        self.history.append({"role": "user", "content": text or INAUDIBLE})

    async def think(self, line: LineEnd) -> str:
        """Return what to say now; it is not in the history before `said`.

        Args:
            line: is told of tool calls and their results.

        Raises:
            ModelCallError: the provider refused the call or could not be reached.
            RuntimeError: the model went on calling tools.
        """
        for rounds in count():
            response = await complete(self._settings.request(self.history, tools=self._tools))
            if not response.tool_calls:
                return (response.text or "").strip()
            if rounds == _ROUNDS:
                break
            await self._use(response, line)
        raise RuntimeError(
            f"the model {self._settings.model!r} called tools {_ROUNDS} times without answering"
        )

    def said(self, text: str) -> None:
        """Remember what was said, as far as it was heard."""
        if text:
            self.history.append({"role": "assistant", "content": text})

    async def _use(self, response: ModelResponse, line: LineEnd) -> None:
        """Run the tools that the model asks for.

        When the user speaks meanwhile, the history still has a result for each: a provider refuses others.
        """
        results = dict.fromkeys((call.id for call in response.tool_calls), _STOPPED)
        try:
            for call in response.tool_calls:
                line.tool_call(call.name, call.arguments, call.id)
                results[call.id] = await self._run(call)
                line.tool_result(call.name, results[call.id], call.id)
        finally:
            self.history.append(_asked(response.text, response.tool_calls))
            for id, result in results.items():
                self.history.append({"role": "tool", "tool_call_id": id, "content": result})

    async def _run(self, call: ToolCall) -> str:
        """Run a tool; what goes wrong is told to the model, as it would be by a real service."""
        handler = self._handlers.get(call.name)
        if handler is None:
            return json.dumps({"error": f"there is no tool {call.name!r}"})
        try:
            arguments = json.loads(call.arguments or "{}")
            result = handler(**arguments)
            result = await result if inspect.isawaitable(result) else result
        except Exception as error:  # noqa: BLE001  # a tool of the user's may raise anything
            return json.dumps({"error": f"{type(error).__name__}: {error}"})
        return result if isinstance(result, str) else json.dumps(result, default=str)


def _asked(text: str | None, calls: Sequence[ToolCall]) -> Message:
    return {
        "role": "assistant",
        "content": text,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in calls
        ],
    }
