"""Real phone calls, which cost money; needs `cloudflared`, and an agent that answers a number.

TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER, AGENT_PHONE_NUMBER and OPENAI_API_KEY are read
from the environment.

pytest -m live examples/voice/test_live_twilio.py
"""

import os

import pytest

import scenario
from scenario.voice.testing import TwilioHarness

pytestmark = pytest.mark.live


def line(**options) -> TwilioHarness:
    return TwilioHarness(
        account_sid=os.environ["TWILIO_ACCOUNT_SID"],
        auth_token=os.environ["TWILIO_AUTH_TOKEN"],
        phone_number=os.environ["TWILIO_PHONE_NUMBER"],
        **options,
    )


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


async def test_the_agent_answers_its_phone():
    async with line() as phone:
        await phone.place_call(os.environ["AGENT_PHONE_NUMBER"])
        result = await scenario.arun(
            name="a call",
            description="The caller wants to know when the shop opens on Saturday.",
            agents=[
                phone,
                caller(),
                scenario.JudgeAgent(
                    model="openai/gpt-5.4-mini", criteria=["The agent says something about opening hours"]
                ),
            ],
            script=[
                scenario.agent(),
                scenario.user("Hello! When do you open on Saturday?"),
                scenario.agent(),
                scenario.judge(),
            ],
        )
    assert result.success, result.reasoning
    assert result.latency.p95_response_time < 5


async def test_keys_are_pressed_and_the_call_goes_on():
    async with line() as phone:
        await phone.place_call(os.environ["AGENT_PHONE_NUMBER"])
        result = await scenario.arun(
            name="a menu",
            description="The caller goes through a menu.",
            agents=[phone, caller()],
            script=[
                scenario.agent(),
                scenario.dtmf("1"),
                scenario.agent(),
                scenario.succeed("the agent spoke after the key"),
            ],
        )
    assert any(event.type == "dtmf_sent" for event in result.timeline)


async def test_somebody_calls_us():
    """Call TWILIO_PHONE_NUMBER within two minutes, and listen."""
    async with line() as phone:
        await phone.wait_for_call()
        result = await scenario.arun(
            name="an incoming call",
            description="A caller tries the line.",
            agents=[phone, caller()],
            script=[scenario.user("Hello, who is there?"), scenario.agent(), scenario.succeed("somebody is")],
        )
    assert [segment.speaker for segment in result.audio.segments] == ["user", "agent"]
