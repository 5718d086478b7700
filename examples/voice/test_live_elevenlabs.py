"""An agent that ElevenLabs hosts takes a call.

ELEVENLABS_API_KEY, ELEVENLABS_AGENT_ID and OPENAI_API_KEY are read from the environment. The agent must be
one that says something first.

pytest -m live examples/voice/test_live_elevenlabs.py
"""

import os

import pytest

import scenario

pytestmark = pytest.mark.live


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


@pytest.mark.parametrize("signed_url", [False, True])
async def test_the_agent_greets_and_answers(signed_url):
    agent = scenario.ElevenLabsAgentAdapter(os.environ["ELEVENLABS_AGENT_ID"], signed_url=signed_url)
    result = await scenario.arun(
        name="first contact",
        description="The caller wants to know what the agent can do.",
        agents=[
            agent,
            caller(),
            scenario.JudgeAgent(
                model="openai/gpt-5.4-mini", criteria=["The agent says what it can help with"]
            ),
        ],
        script=[
            scenario.agent(),
            scenario.user("Hello! What can you help me with?"),
            scenario.agent(),
            scenario.judge(),
        ],
    )
    assert result.success, result.reasoning
    assert agent.last_user_transcript
    assert result.latency.p95_response_time < 5


async def test_the_agent_can_be_spoken_over():
    result = await scenario.arun(
        name="cutting in",
        description="The caller wants to hear a long story, and then does not.",
        agents=[scenario.ElevenLabsAgentAdapter(os.environ["ELEVENLABS_AGENT_ID"]), caller()],
        script=[
            scenario.agent(),
            scenario.user("Please explain at length everything that you can do."),
            scenario.agent(wait=False),
            scenario.interrupt("Stop, thank you. One word only: yes or no, is it raining?"),
            scenario.agent(),
            scenario.succeed(),
        ],
    )
    (interruption,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert interruption.metadata["stopped_after"] < 2
