"""What an agent's call returned, turned into messages or a verdict."""

from __future__ import annotations

import inspect
from typing import Any, cast

from scenario._engine.conversation import checked_copy, shown
from scenario.errors import InvalidReturnTypeError
from scenario.types import AgentRole, Message, ScenarioResult

_ACCEPTED = "Accepted are: a string, a message (a dict with 'role'), a list of messages, or a ScenarioResult."


def read_answer(answer: Any, *, agent: str, role: AgentRole) -> list[Message] | ScenarioResult:
    """Return the messages that an answer adds to the conversation, or the verdict that it is.

    Raises:
        InvalidReturnTypeError: the answer is neither.
    """
    if isinstance(answer, ScenarioResult):
        return answer
    if isinstance(answer, str):
        return [{"role": "user" if role is AgentRole.USER else "assistant", "content": answer}]
    items: list[Any] = cast("list[Any]", answer) if isinstance(answer, list) else [answer]
    messages: list[Message] = []
    for item in items:
        if isinstance(item, ScenarioResult | str):
            raise _invalid(agent, answer, "A list may hold messages only. ")
        try:
            messages.append(checked_copy(_dumped(item)))
        except ValueError as error:
            raise _invalid(agent, answer, _reason(answer, item, error)) from error
    return messages


def _dumped(item: Any) -> Any:
    """Return a pydantic message as a dict; `role` is there even if it is a default."""
    dump = getattr(item, "model_dump", None)
    role = getattr(item, "role", None)
    if isinstance(item, dict) or not callable(dump) or role is None:
        return cast("Any", item)
    return {"role": role, **cast("dict[str, Any]", dump(mode="json", exclude_unset=True, exclude_none=True))}


def _reason(answer: Any, item: Any, error: ValueError) -> str:
    if inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        return "Streaming is not a form of answer: collect the chunks first and return the whole. "
    if inspect.isawaitable(answer):
        return "It was not awaited: `return await ...`. "
    return f"{error}. " if isinstance(item, dict) else ""


def _invalid(agent: str, answer: Any, reason: str) -> InvalidReturnTypeError:
    return InvalidReturnTypeError(
        agent, f"{agent}.call returned {shown(answer)} ({type(answer).__name__}). {reason}{_ACCEPTED}"
    )


def not_awaitable(answer: Any, *, agent: str) -> InvalidReturnTypeError:
    """Return the error for a `call` that is not asynchronous."""
    if inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        return _invalid(agent, answer, _reason(answer, None, ValueError()))
    return InvalidReturnTypeError(
        agent,
        f"{agent}.call returned {shown(answer)}, which cannot be awaited; declare it "
        "`async def call(self, input)`.",
    )
