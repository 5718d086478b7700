"""A Pipecat bot takes a call, over whichever of its transports it has.

At least one of SCENARIO_PIPECAT_TWILIO_URL and SCENARIO_PIPECAT_PROTOBUF_URL (ws://...) and
SCENARIO_PIPECAT_OFFER_URL (http://.../api/offer), and OPENAI_API_KEY, are read from the environment.

pytest -m live examples/voice/test_live_pipecat.py
"""

import os

import pytest

import scenario

pytestmark = pytest.mark.live

WAYS = {
    "SCENARIO_PIPECAT_TWILIO_URL": lambda url: scenario.PipecatAgentAdapter(url),
    "SCENARIO_PIPECAT_PROTOBUF_URL": lambda url: scenario.PipecatAgentAdapter(url, serializer="protobuf"),
    "SCENARIO_PIPECAT_OFFER_URL": lambda url: scenario.PipecatAgentAdapter(
        transport="webrtc", signaling_url=url
    ),
}


def bots() -> list[scenario.PipecatAgentAdapter]:
    found = [make(os.environ[name]) for name, make in WAYS.items() if os.environ.get(name)]
    assert found, f"set one of {', '.join(WAYS)}"
    return found


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


async def test_the_bot_answers():
    for bot in bots():
        result = await scenario.arun(
            name="first contact",
            description="The caller wants to know what the bot can do.",
            agents=[
                bot,
                caller(),
                scenario.JudgeAgent(
                    model="openai/gpt-5.4-mini", criteria=["The agent says what it can help with"]
                ),
            ],
            script=[scenario.user("Hello! What can you help me with?"), scenario.agent(), scenario.judge()],
        )
        assert result.success, f"{bot!r}: {result.reasoning}"
        assert result.latency.p95_response_time < 5


async def test_the_bot_can_be_spoken_over():
    for bot in bots():
        result = await scenario.arun(
            name="cutting in",
            description="The caller wants to hear a long story, and then does not.",
            agents=[bot, caller()],
            script=[
                scenario.user("Please explain at length everything that you can do."),
                scenario.agent(wait=False),
                scenario.interrupt("Stop, thank you. One word only: yes or no, is it raining?"),
                scenario.agent(),
                scenario.succeed(),
            ],
        )
        assert any(segment.transcript_truncated for segment in result.audio.segments), repr(bot)
