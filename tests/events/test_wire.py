from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._events.wire import WireMessage


def form(**message: Any) -> dict[str, Any]:
    return WireMessage(message).form


def test_a_message_keeps_its_id_text_name_and_trace():
    sent = form(role="user", content="hi", id="m1", name="Ann", trace_id="t1")
    assert sent == {"id": "m1", "role": "user", "content": "hi", "name": "Ann", "trace_id": "t1"}


def test_a_message_without_an_id_gets_one():
    assert re.fullmatch(r"scenariomsg_[0-9A-Za-z]{27}", form(role="user", content="hi")["id"])


def test_an_unknown_trace_is_left_out():
    assert "trace_id" not in form(role="user", content="hi", trace_id=None)


@pytest.mark.parametrize("role", ["system", "developer", "user"])
def test_these_roles_are_sent_as_they_are(role: str):
    assert form(role=role, content="hi")["role"] == role


@pytest.mark.parametrize("role", ["critic", "", None, 7])
def test_an_unknown_role_is_sent_as_system(role: object):
    assert form(role=role, content="hi")["role"] == "system"


def test_no_content_is_an_empty_string():
    assert form(role="assistant", content=None)["content"] == ""
    assert form(role="assistant")["content"] == ""


@pytest.mark.parametrize("content", [[{"type": "text", "text": "é"}], {"answer": 1}])
def test_structured_content_becomes_json_text(content: object):
    sent = form(role="user", content=content)["content"]
    assert isinstance(sent, str)
    assert json.loads(sent) == content


def test_an_assistant_always_has_a_list_of_tool_calls():
    assert form(role="assistant", content="hi")["toolCalls"] == []
    assert form(role="assistant", content="hi", tool_calls=None)["toolCalls"] == []


def test_tool_calls_are_sent_in_their_own_form():
    call = {"id": "c1", "type": "function", "function": {"name": "pay", "arguments": '{"sum":5}'}}
    assert form(role="assistant", tool_calls=[{**call, "index": 0}])["toolCalls"] == [call]


@pytest.mark.parametrize("call", [{}, {"function": None}, None, "nonsense"])
def test_what_a_tool_call_lacks_is_filled_in(call: object):
    (sent,) = form(role="assistant", tool_calls=[call])["toolCalls"]
    assert re.fullmatch(r"scenariotoolcall_[0-9A-Za-z]{27}", sent["id"])
    assert sent["function"] == {"name": "unknown", "arguments": "{}"}


def test_a_generated_tool_call_id_is_the_same_in_every_form():
    wire = WireMessage({"role": "assistant", "tool_calls": [{}]})
    text = json.loads(wire.text)
    assert text == wire.form == json.loads(wire.lean_text)


def test_arguments_that_are_not_text_become_json_text():
    (sent,) = form(role="assistant", tool_calls=[{"function": {"name": "pay", "arguments": {"sum": 5}}}])[
        "toolCalls"
    ]
    assert json.loads(sent["function"]["arguments"]) == {"sum": 5}


def test_a_tool_message_names_its_call():
    sent = form(role="tool", content="done", tool_call_id="c1")
    assert (sent["role"], sent["toolCallId"]) == ("tool", "c1")


def test_a_function_message_is_sent_as_tool_with_its_name():
    sent = form(role="function", content="done", name="pay")
    assert (sent["role"], sent["toolCallId"]) == ("tool", "pay")


@pytest.mark.parametrize("role", ["tool", "function"])
def test_a_tool_message_without_a_call_is_left_out_and_logged(role: str, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, logger="scenario"):
        assert WireMessage({"role": role, "content": "done"}).omitted
    assert [record.getMessage() for record in caplog.records] == [
        f"A message of role {role!r} is left out of the events: it names no tool call."
    ]


@pytest.mark.parametrize("message", ["just text", None, 3, ["list"]])
def test_what_is_no_message_at_all_is_sent_as_system(message: object):
    assert WireMessage(message).form["role"] == "system"


def test_values_without_a_json_form_become_text():
    cycle: dict[str, Any] = {"nan": float("nan"), 1: {2}}
    cycle["self"] = cycle
    sent = json.loads(form(role="user", content=cycle)["content"])
    assert (sent["nan"], sent["1"]) == ("nan", "{2}")


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=5)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
_keys = st.sampled_from(["role", "content", "id", "name", "trace_id", "tool_calls", "tool_call_id", "other"])
_roles = st.sampled_from(["user", "assistant", "tool", "function", "developer", "system", "odd"])


@given(st.dictionaries(_keys, _values), _roles)
def test_any_message_has_a_wire_form(message: dict[str, Any], role: str):
    wire = WireMessage({"role": role} | message)
    sent = json.loads(wire.text)
    assert isinstance(sent["content"], str)
    assert sent == wire.form
    json.loads(wire.lean_text)
