"""An agent in a LiveKit room takes a call.

LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET and OPENAI_API_KEY are read from the environment, and
LIVEKIT_AGENT_NAME if the agent is one that has to be sent for. A worker with an agent that says something
first must be running.

pytest -m live examples/voice/test_live_livekit.py
"""

import os
import uuid

import pytest

import scenario

pytestmark = pytest.mark.live


def agent() -> scenario.LiveKitAgentAdapter:
    room = f"scenario-{uuid.uuid4().hex[:8]}"
    return scenario.LiveKitAgentAdapter("", "", "", room, agent_name=os.environ.get("LIVEKIT_AGENT_NAME"))


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


async def test_the_agent_greets_and_answers():
    adapter = agent()
    result = await scenario.arun(
        name="first contact",
        description="The caller wants to know what the agent can do.",
        agents=[
            adapter,
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
    assert adapter.turn_end == "explicit"
    assert adapter.last_agent_transcript
    assert result.latency.p95_response_time < 5


async def test_the_agent_can_be_spoken_over():
    result = await scenario.arun(
        name="cutting in",
        description="The caller wants to hear a long story, and then does not.",
        agents=[agent(), caller()],
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
