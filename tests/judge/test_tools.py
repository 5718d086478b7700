"""The schemas of the verdict tools."""

from __future__ import annotations

from scenario._judge.keys import criterion_keys
from scenario._judge.tools import verdict_tools

CRITERIA = ["Asks for the name", "Does not swear"]


def parameters(tool):
    return tool["function"]["parameters"]


def objects_in(schema):
    """Yield every object schema, at any depth."""
    if schema.get("type") == "object":
        yield schema
    for part in schema.get("properties", {}).values():
        yield from objects_in(part)


def test_continue_comes_before_finish_and_takes_nothing():
    carry_on, finish = verdict_tools(CRITERIA, forced=False)

    assert carry_on["function"]["name"] == "continue_test"
    assert parameters(carry_on) == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    assert finish["function"]["name"] == "finish_test"


def test_a_forced_call_has_the_same_finish_tool_alone():
    assert verdict_tools(CRITERIA, forced=True) == verdict_tools(CRITERIA, forced=False)[1:]


def test_each_criterion_is_a_required_property_described_by_its_text_in_order():
    (finish,) = verdict_tools(CRITERIA, forced=True)
    criteria = parameters(finish)["properties"]["criteria"]

    assert list(criteria["properties"]) == criteria["required"] == criterion_keys(CRITERIA)
    assert [entry["description"] for entry in criteria["properties"].values()] == CRITERIA


def test_a_criterion_is_reasoned_then_evidenced_then_decided():
    (finish,) = verdict_tools(CRITERIA, forced=True)
    for entry in parameters(finish)["properties"]["criteria"]["properties"].values():
        assert list(entry["properties"]) == entry["required"] == ["reasoning", "evidence", "status"]
        assert entry["properties"]["evidence"]["items"] == {"type": "string"}
        assert entry["properties"]["status"]["enum"] == ["true", "false", "inconclusive"]


def test_the_verdict_comes_last():
    (finish,) = verdict_tools(CRITERIA, forced=True)

    assert list(parameters(finish)["properties"]) == ["criteria", "reasoning", "verdict"]
    assert parameters(finish)["properties"]["verdict"]["enum"] == ["success", "failure", "inconclusive"]


def test_every_object_is_closed_and_requires_all_its_properties():
    for tool in verdict_tools(CRITERIA, forced=False):
        assert tool["type"] == "function"
        assert tool["function"]["strict"] is True
        for schema in objects_in(parameters(tool)):
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
