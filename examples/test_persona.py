"""The same situation with another human in it."""

import json

import pytest

import scenario

PERSONAS = ["a polite elderly lady", "angry and in a hurry", "terse, answers in as few words as possible"]


class BookingDesk(scenario.AgentAdapter):
    """Books a table for whoever wants one."""

    def understands(self, text: str) -> bool:
        return "table" in text

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        if input.scenario_state.has_tool_call("book_table"):
            return "See you at 7 pm!"
        if not self.understands(input.last_new_user_message_str().lower()):
            return "I cannot help you like that."
        function = {"name": "book_table", "arguments": json.dumps({"people": 2, "time": "7 pm"})}
        call = {"id": "call_1", "type": "function", "function": function}
        return [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "booked"},
            {"role": "assistant", "content": "Your table for two is booked for 7 pm."},
        ]


class StiffBookingDesk(BookingDesk):
    """Serves only those who say please."""

    def understands(self, text: str) -> bool:
        return super().understands(text) and "please" in text


async def book_a_table(desk: scenario.AgentAdapter, persona: str) -> scenario.ScenarioResult:
    return await scenario.run(
        name=f"table for {persona}",
        description="The user wants to book a table for two at 7 pm.",
        agents=[
            desk,
            scenario.UserSimulatorAgent(persona=persona),
            scenario.JudgeAgent(criteria=["The agent calls the tool book_table with time 7 pm"]),
        ],
    )


@pytest.mark.parametrize("persona", PERSONAS)
async def test_everybody_gets_a_table(persona):
    result = await book_a_table(BookingDesk(), persona)
    assert result.success, result.reasoning


async def test_a_desk_that_serves_the_polite_only_is_found_out():
    polite = await book_a_table(StiffBookingDesk(), PERSONAS[0])
    terse = await book_a_table(StiffBookingDesk(), PERSONAS[2])
    assert polite.success, polite.reasoning
    assert not terse.success
