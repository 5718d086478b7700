"""Simulator and judge on a real language model in this process, without a key or a network.

`local/smollm2` has 135 million parameters. It is far too small to play a user or to judge well, and just
right to see that everything around a real model works: what it says is not asserted.
"""

import pytest

import scenario


class Desk(scenario.AgentAdapter):
    """A short scripted agent."""

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        return "The shop is open from 9 am to 6 pm."


@pytest.mark.local_model
async def test_a_real_model_plays_and_judges():
    criteria = ["The agent tells the hours", "The agent is polite"]
    settings = {"model": "local/smollm2", "frequency_penalty": 0.5}  # it would repeat itself without end
    result = await scenario.run(
        name="opening hours",
        description="The user wants to know when the shop is open.",
        agents=[
            Desk(),
            scenario.UserSimulatorAgent(**settings, max_tokens=40),
            scenario.JudgeAgent(**settings, max_tokens=200, criteria=criteria),
        ],
        max_turns=2,
        min_turns=2,  # the judge is asked once, when it must decide
    )
    assert [verdict.criterion for verdict in result.criteria] == criteria
    assert {*result.passed_criteria, *result.failed_criteria} == {*criteria}
    assert result.usage.by_role["User"].output_tokens > 0
    assert result.usage.by_role["Judge"].output_tokens > 0
