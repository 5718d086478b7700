"""Run by `test_plugin_package.py` in a process of its own: uses the strategies of an installed package."""

import asyncio
import json

import scenario
from scenario._model.fake import fake_model
from scenario.campaign import attacks, run_campaign


class Echo(scenario.AgentAdapter):
    async def call(self, input):
        return "You said: " + input.last_new_user_message_str()


def attack(request):
    """Play the attacker, who sees in which phase the strategy is; there is no scorer and no judge."""
    return request.messages[0]["content"].rpartition("Phase: ")[2]


async def said_by(strategy):
    attacker = scenario.RedTeamAgent(
        strategy=strategy, target="the code", model="fake/m", total_turns=4, score_responses=False
    )
    result = await scenario.arun(
        name="x",
        description="y",
        agents=[attacker, Echo()],
        verbose=False,
        script=attacker.marathon_script(final_checks=[lambda state: None]),
    )
    return [message["content"] for message in result.messages if message["role"] == "user"]


def refusal_of(strategy):
    try:
        scenario.RedTeamAgent(strategy=strategy, target="the code", model="fake/m")
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


async def main():
    with fake_model("fake", attack):
        campaign = await run_campaign(
            attacks(
                ["the code"], strategies=["patient"], model="fake/m", total_turns=1, score_responses=False
            ),
            target=Echo,
            description="y",
            judge=lambda objective: scenario.JudgeAgent(criteria=["x"], model="fake/m"),
        )
        print(
            json.dumps(
                {
                    "class": await said_by("patient"),
                    "function": await said_by("patient_pair"),
                    "strategy": campaign.results[0].record.strategy,
                    "name": str(campaign.results[0].attack),
                    "wrong": refusal_of("not_a_strategy"),
                    "missing": refusal_of("missing"),
                }
            )
        )


asyncio.run(main())
