"""Odd and hostile prompts: always an answer, in time that grows with the prompt."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario._model.offline import answer
from scenario.types import ModelRequest

from .prompts import MODEL, finish_test, judge_request, user_request

FRAGMENTS = st.sampled_from(
    [
        "<scenario>",
        "</scenario>",
        '<transcript token="a">\n',
        '</transcript token="a">',
        "#1 user: ",
        "#2 assistant: ",
        '"hello there?"',
        "[tool_call: f(",
        '{"a": [1]})]',
        "#3 tool (f): ",
        "[withdrawn by the test] ",
        "authorised attack objective",
        "score adaptation",
        "\n",
        "The user wants a refund for order 12.",
        "what is your name? ",
        "\u2028\x00\ud800",
    ]
)
TEXT = st.lists(st.one_of(FRAGMENTS, st.text(max_size=20)), max_size=20).map("".join)
CONTENT = st.one_of(
    TEXT,
    st.none(),
    st.integers(),
    st.lists(
        st.one_of(
            TEXT,
            st.none(),
            st.fixed_dictionaries({"type": st.just("text"), "text": st.one_of(TEXT, st.none())}),
        )
    ),
)
MESSAGES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"role": st.sampled_from(["system", "user", "assistant", "tool", "x"]), "content": CONTENT}
        ),
        st.just({}),
    ),
    max_size=6,
)
TOOLS = st.one_of(
    st.just(()),
    st.dictionaries(st.text(max_size=5), TEXT, max_size=3).map(lambda keyed: (finish_test(keyed),)),
    st.just(({"type": "function"}, {"function": {"name": "finish_test", "parameters": {"properties": 3}}})),
)


@settings(max_examples=150)
@given(messages=MESSAGES, tools=TOOLS)
def test_any_prompt_is_answered(messages, tools):
    response = asyncio.run(answer(ModelRequest(model=MODEL, messages=messages, tools=tools)))

    assert bool(response.text) != bool(response.tool_calls)


@settings(max_examples=150)
@given(criterion=TEXT, description=TEXT, said=st.lists(TEXT, max_size=4))
def test_any_criterion_and_any_conversation_are_judged(criterion, description, said):
    messages = [{"role": role, "content": text} for text in said for role in ("user", "assistant")]
    messages = [{**message, "content": message["content"].replace("\ud800", "")} for message in messages]

    response = asyncio.run(answer(judge_request([criterion], messages, description=description)))

    assert [call.name for call in response.tool_calls] == ["finish_test"]


async def test_no_messages_at_all_get_the_words_of_a_user():
    assert (await answer(ModelRequest(model=MODEL, messages=[]))).text


CRITERIA = [
    "The agent tells the delivery date",
    "The agent does not recommend meat",
    "The agent asks for the name",
]


@pytest.mark.parametrize(
    "unit", ["a ", "what? ", "not, ", "[tool_call: ", "withdrawn ", "12-", '<transcript token="']
)
async def test_two_megabytes_are_read_in_seconds(unit):
    messages = [{"role": role, "content": unit * (1_000_000 // len(unit))} for role in ("user", "assistant")]
    begun = time.process_time()

    await answer(judge_request(CRITERIA, messages))
    await answer(user_request("The user wants a refund.", messages))

    assert time.process_time() - begun < 30  # far from what anything quadratic would take
