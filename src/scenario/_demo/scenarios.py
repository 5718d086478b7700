"""The three scenarios of the demo: one passes, one is failed by the judge, one is scripted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario._demo.agents import CarelessShopDesk, ShopDesk, WeatherBot
from scenario.judge_agent import JudgeAgent
from scenario.script import agent, judge, proceed, succeed, user
from scenario.user_simulator_agent import UserSimulatorAgent

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.agent_adapter import AgentAdapter
    from scenario.scenario_state import ScenarioState
    from scenario.types import ScriptStep


@dataclass(frozen=True, slots=True)
class DemoScenario:
    """A scenario of the demo and how it should end.

    Attributes:
        name: its name.
        description: the situation.
        agent: makes the agent under test.
        criteria: what the judge decides on.
        expected: whether it should pass.
        why: one line that tells the reader what to look for.
        script: the steps.
    """

    name: str
    description: str
    agent: Callable[[], AgentAdapter]
    criteria: list[str]
    expected: bool
    why: str
    script: list[ScriptStep] = field(default_factory=lambda: [proceed()])

    def agents(self) -> list[AgentAdapter]:
        """Return the participants; simulator and judge use the configured default model."""
        return [self.agent(), UserSimulatorAgent(), JudgeAgent(criteria=self.criteria)]


_BROKEN_KETTLE = "The user's kettle arrived broken. They want their money back for order 4711."
_REFUND_CRITERIA = [
    "The agent calls the tool look_up_order with order_id 4711",
    "The agent calls the tool refund_order with order_id 4711",
    "The agent does not ask for a credit card number",
]


def the_weather_tool_was_called(state: ScenarioState) -> None:
    """Check, as any step of your own may, that the agent looked the weather up."""
    assert state.has_tool_call("get_weather"), "the agent answered without looking the weather up"


DEMO_SCENARIOS = [
    DemoScenario(
        name="refund",
        description=_BROKEN_KETTLE,
        agent=ShopDesk,
        criteria=_REFUND_CRITERIA,
        expected=True,
        why="the agent does what it says",
    ),
    DemoScenario(
        name="refund that never happens",
        description=_BROKEN_KETTLE,
        agent=CarelessShopDesk,
        criteria=_REFUND_CRITERIA,
        expected=False,
        why="the agent says the same words and calls no tool: the judge must notice",
    ),
    DemoScenario(
        name="weather, scripted",
        description="The user wants to know tomorrow's weather in Lisbon, and then in Porto.",
        agent=WeatherBot,
        criteria=[],
        expected=True,
        why="a script with a check of its own and a checkpoint in the middle",
        script=[
            user("what's the weather in lisbon tomorrow?"),
            agent(),
            the_weather_tool_was_called,
            judge(criteria=["The agent mentions 24 degrees"]),
            user("and in porto?"),
            agent(),
            judge(criteria=["The agent mentions rain"]),
            succeed("Both forecasts were looked up and told."),
        ],
    ),
]
