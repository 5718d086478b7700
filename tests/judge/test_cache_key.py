"""Which judge calls share a cached verdict."""

from __future__ import annotations

import pytest

from scenario._cache import CacheScope, active_scope
from scenario.scenario_state import Rollback

from .judge_case import CONTINUE, CONVERSATION, CRITERIA, MET, finish, judge_input, judge_with, on_request

OTHER = ["The agent asks for the order number", "The agent never mentions money"]


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(tmp_path))


async def calls_of(*questions, reply=MET):
    """Ask each (settings, input) in turn within one cache and return how many calls reached the model."""
    asked = 0
    with active_scope(CacheScope("key", "fake/judge", 10)):
        for settings, input in questions:
            with judge_with(lambda _: reply, **settings) as (judge, model):
                await judge.call(input)
            asked += len(model.requests)
    return asked


async def test_an_equal_call_of_another_run_is_replayed():
    first, second = on_request(thread_id="run-a"), on_request(thread_id="run-b")

    assert await calls_of(({}, first), ({}, second)) == 1


async def test_ids_in_messages_do_not_matter():
    def input(suffix):
        call = {"id": f"call_{suffix}", "function": {"name": "find", "arguments": "{}"}}
        return on_request(
            messages=[
                {"role": "user", "content": "hi", "id": f"m{suffix}", "trace_id": suffix},
                {"role": "assistant", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": f"call_{suffix}", "content": "found"},
            ]
        )

    assert await calls_of(({}, input("1")), ({}, input("2"))) == 1


@pytest.mark.parametrize(
    ("settings", "input"),
    [
        ({"criteria": OTHER}, on_request()),
        ({}, on_request(OTHER)),
        ({"model": "fake/another"}, on_request()),
        ({"temperature": 0.5}, on_request()),
        ({"system_prompt": "Be harsh"}, on_request()),
        ({}, on_request(context="the order is lost")),
        ({}, on_request(description="Another story")),
        ({}, on_request(messages=[*CONVERSATION, {"role": "user", "content": "A-1"}])),
        ({}, on_request(turn=9)),
        ({}, judge_input()),
        ({}, on_request(rollbacks=[Rollback(0, 2, [{"role": "assistant", "content": "oops"}])])),
    ],
    ids=[
        "own criteria",
        "checkpoint criteria",
        "model",
        "temperature",
        "system prompt",
        "context",
        "description",
        "conversation",
        "last turn",
        "not forced",
        "withdrawn messages",
    ],
)
async def test_a_call_that_differs_reaches_the_model(settings, input):
    assert await calls_of(({}, on_request()), (settings, input)) == 2


async def test_a_replayed_verdict_is_the_same_and_has_the_messages_of_its_run():
    reply = finish("true", "inconclusive", verdict="inconclusive", reasoning="not enough")
    with active_scope(CacheScope("key", "fake/judge", 10)), judge_with(lambda _: reply) as (judge, model):
        first = await judge.call(on_request())
        second = await judge.call(on_request(thread_id="another"))

    assert len(model.requests) == 1
    assert second == first
    assert second.messages == CONVERSATION
    assert second.inconclusive_criteria == CRITERIA[1:]


async def test_a_decision_to_continue_is_replayed_too():
    assert await calls_of(({}, judge_input()), ({}, judge_input()), reply=CONTINUE) == 1


async def test_an_unreadable_reply_is_not_kept():
    assert await calls_of(({}, on_request()), ({}, on_request()), reply="hm") == 6
