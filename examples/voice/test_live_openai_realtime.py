"""A realtime model of OpenAI takes a call; needs `OPENAI_API_KEY`.

pytest -m live examples/voice/test_live_openai_realtime.py
"""

import pytest

import scenario

pytestmark = pytest.mark.live

LOOK_UP = {
    "type": "function",
    "function": {
        "name": "look_up_order",
        "description": "Tell where an order is.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "string"}},
            "required": ["number"],
        },
    },
}


def look_up_order(number: str) -> str:
    return "It left the warehouse this morning and arrives on Friday."


def desk(**settings) -> scenario.OpenAIRealtimeAgentAdapter:
    return scenario.OpenAIRealtimeAgentAdapter(
        instructions="You are the order desk of a small shop. Look orders up. Answer in one short sentence.",
        tools=[LOOK_UP],
        tool_handlers={"look_up_order": look_up_order},
        **settings,
    )


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


@pytest.mark.parametrize("turn_detection", [None, {"type": "server_vad"}])
async def test_the_desk_looks_up_an_order(turn_detection):
    result = await scenario.arun(
        name="order status",
        description="The caller wants to know where order 4711 is.",
        agents=[
            desk(turn_detection=turn_detection),
            caller(),
            scenario.JudgeAgent(
                model="openai/gpt-5.4-mini", criteria=["The agent says that it comes on Friday"]
            ),
        ],
        script=[scenario.user("Hello, where is my order 4711?"), scenario.agent(), scenario.judge()],
    )
    assert result.success, result.reasoning
    assert result.latency.p95_response_time < 5
    assert any(event.type == "tool_call" for event in result.timeline)


async def test_the_caller_interrupts():
    result = await scenario.arun(
        name="interruption",
        description="The caller is in a hurry.",
        agents=[desk(speaks_first=True), caller()],
        script=[
            scenario.agent(),
            scenario.user("Please tell me everything about your shipping, in many sentences."),
            scenario.interrupt("Thanks, that is enough. Goodbye.", after_words=5),
            scenario.agent(),
            scenario.succeed("the call is over"),
        ],
    )
    (cut,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert cut.metadata["native"]
    assert result.latency.interrupt_response_time < 1


async def test_a_realtime_model_plays_the_caller():
    user = scenario.OpenAIRealtimeAgentAdapter(
        voice="echo", instructions="You call a shop to ask for its hours.", role=scenario.AgentRole.USER
    )
    result = await scenario.arun(
        name="two models",
        description="A caller asks for the opening hours.",
        agents=[desk(), user],
        script=[
            scenario.user("Good morning! When do you open on Saturday?"),
            scenario.agent(),
            scenario.user(),
            scenario.agent(),
            scenario.succeed("they have talked"),
        ],
    )
    assert [segment.speaker for segment in result.audio.segments] == ["user", "agent", "user", "agent"]
