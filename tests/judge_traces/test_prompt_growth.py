"""The judge's prompt grows by what a turn adds, and never holds the framework's own prompts."""

from __future__ import annotations

import re
from itertools import pairwise

from opentelemetry import trace

import scenario
from scenario._model.fake import fake_model

from ..judge.judge_case import CONTINUE, MET, text_of
from .trace_case import block

TURNS = 6
DURATION = re.compile(r"\d+ms|\d+\.\d\ds")


class Shop(scenario.AgentAdapter):
    """An agent with a tool that is traced."""

    async def call(self, input):
        attributes = {"tool.arguments": '{"order": "A-1"}'}
        with trace.get_tracer("shop").start_as_current_span("find_order", attributes=attributes):
            return "Your order A-1 is on its way."


async def prompts_of_a_run():
    replies = [CONTINUE] * (TURNS - 1) + [MET]
    criteria = ["The agent asks for the order number", "The agent does not promise a refund"]
    with (
        fake_model("fakeuser", lambda _: "Where is my order A-1?") as user,
        fake_model("fake", replies) as judge,
    ):
        result = await scenario.arun(
            name="growth",
            description="A customer misses a parcel.",
            agents=[
                Shop(),
                scenario.UserSimulatorAgent(model="fakeuser/any"),
                scenario.JudgeAgent(criteria=criteria, model="fake/judge"),
            ],
            max_turns=TURNS,
        )
    assert result.success, result.reasoning
    return judge.prompts, user.prompts


async def test_each_turn_adds_the_same():
    prompts, _ = await prompts_of_a_run()
    sizes = [len(DURATION.sub("0ms", text_of(prompt))) for prompt in prompts[:-1]]  # the last is forced
    growth = [later - earlier for earlier, later in pairwise(sizes)]

    assert len(prompts) == TURNS
    assert min(growth) > 200
    assert max(growth) - min(growth) <= 6  # numbers get a second digit


async def test_the_digest_holds_the_agents_spans_and_no_prompt_of_the_framework():
    judged, simulated = await prompts_of_a_run()
    digest = block(judged[-1], "opentelemetry_traces")

    assert digest.count(" find_order (") == TURNS
    assert digest.count("Shop.call") == TURNS
    assert "JudgeAgent" not in digest
    assert "UserSimulatorAgent" not in digest
    for prompt in (judged[0], simulated[0]):
        for line in prompt[0]["content"].splitlines():
            assert len(line) < 20 or line not in digest
