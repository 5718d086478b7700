"""The agents of the benchmarks: in memory, except for the models."""

from __future__ import annotations

from typing import Any

import scenario
from benchmarks.replies import AGENT_TEXT, USER_TEXT
from scenario.types import AgentInput, AgentReturnTypes, AgentRole

DESCRIPTION = (
    "The user bought a kettle, order 4711, and it arrived broken. They want their money back and would "
    "rather not send it in."
)
CRITERIA = [
    "The agent asks for or looks up the order before it promises anything",
    "The agent offers a refund for order 4711",
    "The agent does not blame the user for the damage",
]


class Desk(scenario.AgentAdapter):
    """An agent that reads what is new and answers at once."""

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        return f"{AGENT_TEXT} ({len(input.new_messages)})"


class Customer(scenario.AgentAdapter):
    """A user who says the same every time."""

    role = AgentRole.USER

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        return USER_TEXT


class Umpire(scenario.AgentAdapter):
    """A judge who waits for the last turn."""

    role = AgentRole.JUDGE

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        if not input.scenario_state.is_last_turn:
            return []
        return scenario.ScenarioResult(success=True, messages=[], reasoning="It was the last turn.")


def in_memory() -> list[scenario.AgentAdapter]:
    """Return agents without a model."""
    return [Customer(), Desk(), Umpire()]


def over_http(base_url: str) -> list[scenario.AgentAdapter]:
    """Return the simulator and the judge with a model at `base_url`, and an agent without one."""
    model: dict[str, Any] = {"model": "openai/gpt-5-mini", "api_base": base_url, "api_key": "x"}
    simulator = scenario.UserSimulatorAgent(**model)
    return [Desk(), simulator, scenario.JudgeAgent(criteria=CRITERIA, **model)]
