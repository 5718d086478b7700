"""Schemas that llama.cpp's grammar converter cannot take are rebuilt without what it cannot take."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._model.local import answer
from scenario._model.local.grammar import grammar_schema
from scenario.types import ModelRequest


def in_object(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"], **more}


NAME = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def test_references_are_written_out():
    schema = in_object({"$ref": "#/$defs/a~1b%25"}, **{"$defs": {"a/b%": NAME}})
    assert grammar_schema(schema) == in_object(NAME)


@pytest.mark.parametrize("reference", ["#", "#/$defs/nowhere", "https://127.0.0.1:9/x.json"])
def test_a_reference_that_cannot_be_written_out_admits_anything_there(reference: str):
    inner = grammar_schema(in_object({"$ref": reference}))["properties"]["a"]
    assert inner in ({}, in_object({}))


def test_recursion_ends():
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": []}
    rebuilt = grammar_schema({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert rebuilt == {"type": "object", "properties": {"next": {}}, "required": []}


def test_all_of_becomes_one_schema():
    more = {"type": "object", "properties": {"m": {"enum": ["x"]}}, "required": ["m"]}
    merged = grammar_schema({"allOf": [NAME, more]})
    assert merged["properties"] == {"n": {"type": "integer"}, "m": {"enum": ["x"]}}
    assert merged["required"] == ["n", "m"]


def test_one_of_becomes_any_of():
    assert grammar_schema({"oneOf": [{"type": "string"}, {"type": "null"}]}) == {
        "anyOf": [{"type": "string"}, {"type": "null"}]
    }


@pytest.mark.parametrize(
    ("schema", "rebuilt"),
    [
        (True, {}),
        ({"type": "file"}, {}),
        ({"type": ["string", "file"]}, {"type": "string"}),
        ({"enum": []}, {}),
        ({"anyOf": []}, {}),
        ({"type": "string", "pattern": "^a{2,1}$", "format": "email"}, {"type": "string"}),
        ({"type": "string", "minLength": 5, "maxLength": 2}, {"type": "string"}),
        ({"type": "string", "maxLength": 5_000_000}, {"type": "string"}),
        ({"type": "integer", "minimum": "3"}, {"type": "integer"}),
        ({"type": "integer", "minimum": 1, "maximum": 5}, {"type": "integer", "minimum": 1, "maximum": 5}),
        ({"type": "array", "items": True}, {"type": "array", "maxItems": 8}),
        ({"type": "array", "minItems": 9}, {"type": "array", "minItems": 9, "maxItems": 9}),
        ({"type": "array", "maxItems": 20}, {"type": "array", "maxItems": 20}),
        ({"const": None}, {"const": None}),
    ],
)
def test_what_cannot_be_held_is_left_out(schema: Any, rebuilt: Any):
    assert grammar_schema(schema) == rebuilt


def test_the_order_of_properties_is_kept():
    properties = {name: {"type": "string"} for name in ("reasoning", "evidence", "status")}
    rebuilt = grammar_schema({"type": "object", "properties": properties, "required": ["status"]})
    assert list(rebuilt["properties"]) == ["reasoning", "evidence", "status"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
schemas = st.deferred(
    lambda: st.one_of(
        st.sampled_from([{}, True, {"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 0}]),
        st.builds(lambda part: {"type": "array", "items": part}, schemas),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(schemas, min_size=1, max_size=2)),
        st.builds(lambda values: {"enum": values}, st.lists(json_values, min_size=1, max_size=2)),
        st.builds(lambda part: {"type": "object", "additionalProperties": part}, schemas),
        st.builds(in_object, schemas),
    )
)


@given(schemas, json_values)
def test_what_the_schema_admits_is_still_admitted(schema: Any, value: Any):
    if jsonschema.Draft202012Validator(schema).is_valid(value):
        jsonschema.validate(value, grammar_schema(schema))


ODD = {
    "yes": True,
    "pattern": {"type": "string", "pattern": "^a{2,1}$|\\w", "maxLength": 2},
    "bounds": {"type": "array", "items": {"const": 1}, "minItems": 3, "maxItems": 1},
    "nothing": {"enum": []},
    "ref": {"$ref": "#"},
    "kind": {"type": "date"},
}


@pytest.mark.local_model
@pytest.mark.parametrize("name", ODD)
async def test_llama_takes_every_odd_schema(name: str, capfd: pytest.CaptureFixture[str]):
    tool = {"type": "function", "function": {"name": "odd", "parameters": in_object(ODD[name])}}
    messages = [{"role": "user", "content": "Go."}]
    response = await answer(
        ModelRequest("local/smollm2", messages, tools=[tool], tool_choice="required", max_tokens=4)
    )
    assert response.tool_calls[0].name == "odd"
    assert capfd.readouterr().err == ""
