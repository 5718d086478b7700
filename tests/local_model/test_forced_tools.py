"""Forced tool calls of a real small model: always made, always of the schema's form."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from scenario._model.local import answer
from scenario.errors import ModelCallError
from scenario.types import ModelRequest

pytestmark = pytest.mark.local_model

SHORT = {"type": "string", "maxLength": 8}


def tool(name: str, description: str, *, required: list[str], **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": required}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


WEATHER = tool("get_weather", "Tells the weather of a city.", required=["city", "unit"], city=SHORT,
               unit={"enum": ["c", "f"]})  # fmt: skip
TABLE = tool("book_table", "Books a table.", required=["people"], people={"type": "integer", "maximum": 12})
WAIT = tool("wait", "Does nothing.", required=[])
TOOLS = {each["function"]["name"]: each for each in (WEATHER, TABLE, WAIT)}
ASKS = ["Is it cold in Oslo?", "A table for two, please.", "Hello!"]


def request(ask: str, **changes: Any) -> ModelRequest:
    messages = [{"role": "system", "content": "You help."}, {"role": "user", "content": ask}]
    return ModelRequest("local/smollm2", messages, temperature=0.0, max_tokens=100, **changes)


def is_valid(call: Any) -> bool:
    jsonschema.validate(json.loads(call.arguments), TOOLS[call.name]["function"]["parameters"])
    return True


@pytest.mark.parametrize("ask", ASKS)
async def test_a_named_tool_is_called_with_arguments_of_its_schema(ask: str):
    choice = {"type": "function", "function": {"name": "get_weather"}}
    response = await answer(request(ask, tools=list(TOOLS.values()), tool_choice=choice))
    (call,) = response.tool_calls
    assert call.name == "get_weather"
    assert is_valid(call)
    assert (response.text, response.finish_reason) == (None, "tool_calls")


@pytest.mark.parametrize("ask", ASKS)
async def test_one_of_three_tools_is_called_with_arguments_of_its_schema(ask: str):
    response = await answer(request(ask, tools=list(TOOLS.values()), tool_choice="required"))
    (call,) = response.tool_calls
    assert is_valid(call)
    assert call.id.startswith("call_")


async def test_with_auto_the_answer_is_a_call_or_text():
    response = await answer(request(ASKS[0], tools=[TABLE, WAIT], tool_choice="auto"))
    assert bool(response.text) != bool(response.tool_calls)
    assert all(map(is_valid, response.tool_calls))


async def test_with_none_the_answer_is_text():
    response = await answer(request(ASKS[0], tools=[WEATHER], tool_choice="none"))
    assert response.text
    assert response.tool_calls == ()


async def test_a_call_that_was_cut_off_keeps_what_there_is():
    call_of_long = {"type": "function", "function": {"name": "get_weather"}}
    short = ModelRequest("local/smollm2", [{"role": "user", "content": "Oslo?"}], tools=[WEATHER],
                         tool_choice=call_of_long, max_tokens=3, temperature=0.0)  # fmt: skip
    response = await answer(short)
    assert response.finish_reason == "length"
    assert response.tool_calls[0].arguments.startswith("{")


async def test_a_choice_that_is_not_offered_is_an_error():
    choice = {"type": "function", "function": {"name": "fly"}}
    with pytest.raises(ModelCallError, match="'fly'"):
        await answer(request("Fly!", tools=[WEATHER], tool_choice=choice))


async def test_calls_and_results_of_the_conversation_are_understood():
    call = {"id": "c1", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
    messages = [
        {"role": "user", "content": "Is it cold in Oslo?"},
        {"role": "assistant", "content": None, "trace_id": "t", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "minus 4"},
    ]
    response = await answer(ModelRequest("local/smollm2", messages, max_tokens=4))
    assert response.usage.input_tokens > 30
