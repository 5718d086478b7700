"""A live Gemini model takes a call; needs `GEMINI_API_KEY` and, for user and judge, `OPENAI_API_KEY`.

pytest -m live examples/voice/test_live_gemini.py
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


def look_up_order(number: str) -> dict[str, str]:
    return {"order": number, "arrives": "Friday"}


def desk(**settings) -> scenario.GeminiLiveAgentAdapter:
    return scenario.GeminiLiveAgentAdapter(
        system_instruction="You are the order desk of a small shop. Look orders up. Answer in one sentence.",
        tools=[LOOK_UP],
        tool_handlers={"look_up_order": look_up_order},
        **settings,
    )


def caller() -> scenario.UserSimulatorAgent:
    return scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova")


@pytest.mark.parametrize("activity", ["manual", "auto"])
async def test_the_desk_looks_up_an_order(activity):
    result = await scenario.arun(
        name="order status",
        description="The caller wants to know where order 4711 is.",
        agents=[
            desk(activity=activity),
            caller(),
            scenario.JudgeAgent(
                model="openai/gpt-5.4-mini", criteria=["The agent says that it comes on Friday"]
            ),
        ],
        script=[scenario.user("Hello, where is my order 4711?"), scenario.agent(), scenario.judge()],
    )
    assert result.success, result.reasoning
    assert any(event.type == "tool_call" for event in result.timeline)


async def test_the_desk_greets_first_and_stops_when_it_is_interrupted():
    result = await scenario.arun(
        name="interruption",
        description="The caller is in a hurry.",
        agents=[desk(), caller()],
        script=[
            scenario.agent(),
            scenario.user("Please explain your return policy in every detail."),
            scenario.agent(wait=False),
            scenario.sleep(4),
            scenario.interrupt("Thank you, that is enough. Just tell me your name."),
            scenario.agent(),
            scenario.succeed(),
        ],
    )
    (cut,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert cut.metadata["stopped_after"] <= 1.0
