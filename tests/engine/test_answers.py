"""What an agent may return: core 2.5."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel

from scenario._engine.answers import not_awaitable, read_answer
from scenario.errors import InvalidReturnTypeError
from scenario.types import AgentRole, ScenarioResult


class Reply(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str | None = None
    refusal: str | None = None
    note: str = "a default"


def read(answer, role=AgentRole.AGENT):
    return read_answer(answer, agent="Bot", role=role)


@pytest.mark.parametrize(
    ("role", "expected"),
    [(AgentRole.USER, "user"), (AgentRole.AGENT, "assistant"), (AgentRole.JUDGE, "assistant")],
)
def test_text_is_one_message_of_the_agents_side(role, expected):
    assert read("hi", role) == [{"role": expected, "content": "hi"}]


def test_empty_text_is_a_message():
    assert read("") == [{"role": "assistant", "content": ""}]


def test_a_message_is_taken_as_it_is():
    assert read({"role": "tool", "content": "3", "tool_call_id": "c1"}) == [
        {"role": "tool", "content": "3", "tool_call_id": "c1"}
    ]


def test_a_pydantic_message_is_its_dump_with_its_role():
    assert read(Reply(content="hi", refusal=None)) == [{"role": "assistant", "content": "hi"}]


def test_messages_of_both_kinds_may_stand_in_one_list():
    assert read([{"role": "user", "content": "a"}, Reply(content="b")]) == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
    ]


def test_a_dict_may_hold_pydantic_objects():
    class Call(BaseModel):
        id: str

    assert read({"role": "assistant", "content": None, "tool_calls": [Call(id="c1")]}) == [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1"}]}
    ]


def test_an_empty_list_adds_nothing():
    assert read([]) == []


def test_a_verdict_is_a_verdict():
    verdict = ScenarioResult(success=True, messages=[])
    assert read(verdict) is verdict


def generator():
    yield "chunk"


async def async_generator():
    yield "chunk"


@pytest.mark.parametrize(
    "answer",
    [None, 7, ("a", "b"), {}, {"content": "no role"}, ["text"], [None], b"x", object(), {1, 2},
     {"role": "user", "content": object()}, [ScenarioResult(success=True, messages=[])]],
    ids=lambda answer: type(answer).__name__,
)  # fmt: skip
def test_anything_else_is_refused_with_the_class_the_value_and_the_accepted_forms(answer):
    with pytest.raises(InvalidReturnTypeError) as caught:
        read(answer)
    text = str(caught.value)
    assert text.startswith("Bot.call returned ")
    assert "a list of messages, or a ScenarioResult" in text
    assert isinstance(caught.value, ValueError)


def test_a_long_value_is_shown_shortened():
    with pytest.raises(InvalidReturnTypeError) as caught:
        read(("x" * 5000,))
    assert len(str(caught.value)) < 500


def test_streams_are_refused_with_the_remedy():
    for stream in (generator(), async_generator()):
        with pytest.raises(InvalidReturnTypeError, match="collect the chunks first"):
            read(stream)


def test_what_was_not_awaited_is_told_so():
    async def answer():
        return "hi"

    coroutine = answer()
    with pytest.raises(InvalidReturnTypeError, match="return await"):
        read(coroutine)
    coroutine.close()


def test_an_async_generator_as_call_is_told_to_collect_and_a_plain_function_to_be_async():
    assert "collect the chunks first" in str(not_awaitable(async_generator(), agent="Bot"))
    assert "async def call" in str(not_awaitable("hi", agent="Bot"))
