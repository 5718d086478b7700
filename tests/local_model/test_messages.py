"""Messages in the plain form that every chat template takes."""

from __future__ import annotations

from scenario._model.local.messages import plain_messages

CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}


def test_only_role_and_content_are_sent():
    assert plain_messages([{"role": "user", "content": "hi", "trace_id": "t", "name": "x"}]) == [
        {"role": "user", "content": "hi"}
    ]


def test_a_call_and_its_result_become_text():
    messages = [
        {"role": "assistant", "content": "Well.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
    ]
    assert plain_messages(messages) == [
        {"role": "assistant", "content": 'Well.\n{"tool": "look", "arguments": {"at": 1}}'},
        {"role": "user", "content": "Result of look:\na cat"},
    ]


def test_the_instruction_joins_the_system_message():
    system, _ = plain_messages(
        [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hi"}], instruction="Call it."
    )
    assert system == {"role": "system", "content": "Be kind.\n\nCall it."}


def test_without_a_system_message_the_instruction_is_one():
    assert plain_messages([{"role": "user", "content": "hi"}], instruction="Call it.")[0] == {
        "role": "system",
        "content": "Call it.",
    }


def test_the_given_messages_stay_as_they_are():
    messages = [{"role": "system", "content": [{"type": "text", "text": "a"}]}]
    plain_messages(messages, instruction="b")
    assert messages == [{"role": "system", "content": [{"type": "text", "text": "a"}]}]
