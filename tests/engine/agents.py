"""Small scripted agents for tests of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scenario.agent_adapter import AgentAdapter
from scenario.types import AgentInput, AgentRole, ScenarioResult


class Says(AgentAdapter):
    """Answers with the given replies in order, the last one again and again, and keeps its inputs.

    A reply may be a callable of the input, sync or async, and an exception, which is raised.
    """

    def __init__(self, *replies: Any, role: AgentRole = AgentRole.AGENT) -> None:
        self.role = role
        self.replies = replies or ("ok",)
        self.inputs: list[AgentInput] = []

    async def call(self, input: AgentInput) -> Any:
        self.inputs.append(input)
        reply = self.replies[min(len(self.inputs), len(self.replies)) - 1]
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, Callable):
            reply = reply(input)
            if hasattr(reply, "__await__"):
                reply = await reply
        return reply


def user(*replies: Any) -> Says:
    return Says(*(replies or ("hello",)), role=AgentRole.USER)


def agent(*replies: Any) -> Says:
    return Says(*(replies or ("hi there",)))


def judge(*replies: Any) -> Says:
    return Says(*(replies or ([],)), role=AgentRole.JUDGE)


def verdict(
    success: bool = True, *, passed: list[str] | None = None, failed: list[str] | None = None, **more
):
    return ScenarioResult(
        success=success, messages=[], passed_criteria=passed or [], failed_criteria=failed or [], **more
    )


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [str(message["content"]) for message in messages]
