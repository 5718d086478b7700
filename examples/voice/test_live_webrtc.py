"""An agent behind WebRTC takes a call.

SCENARIO_WEBRTC_URL (where it takes offers) and OPENAI_API_KEY are read from the environment;
SCENARIO_WEBRTC_SIGNALING ("json" or "whip") and SCENARIO_WEBRTC_TOKEN (a bearer token) if they are set.

pytest -m live examples/voice/test_live_webrtc.py
"""

import os

import pytest

import scenario

pytestmark = pytest.mark.live


def agent() -> scenario.WebRTCAgentAdapter:
    token = os.environ.get("SCENARIO_WEBRTC_TOKEN")
    return scenario.WebRTCAgentAdapter(
        os.environ["SCENARIO_WEBRTC_URL"],
        signaling=os.environ.get("SCENARIO_WEBRTC_SIGNALING", "json"),
        headers={"Authorization": f"Bearer {token}"} if token else None,
    )


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


async def test_the_agent_answers():
    result = await scenario.arun(
        name="first contact",
        description="The caller wants to know what the agent can do.",
        agents=[
            agent(),
            caller(),
            scenario.JudgeAgent(
                model="openai/gpt-5.4-mini", criteria=["The agent says what it can help with"]
            ),
        ],
        script=[scenario.user("Hello! What can you help me with?"), scenario.agent(), scenario.judge()],
    )
    assert result.success, result.reasoning
    assert result.latency.p95_response_time < 5


async def test_the_agent_can_be_spoken_over():
    result = await scenario.arun(
        name="cutting in",
        description="The caller wants to hear a long story, and then does not.",
        agents=[agent(), caller()],
        script=[
            scenario.user("Please explain at length everything that you can do."),
            scenario.agent(wait=False),
            scenario.interrupt("Stop, thank you. One word only: yes or no, is it raining?"),
            scenario.agent(),
            scenario.succeed(),
        ],
    )
    assert any(segment.transcript_truncated for segment in result.audio.segments)
