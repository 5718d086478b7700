"""When a call is forced, which tools it offers, and what it returns."""

from __future__ import annotations

import asyncio
import copy
import logging

import pytest

from scenario.errors import ModelCallError
from scenario.types import ModelResponse, ScenarioResult, ToolCall

from .judge_case import CONTINUE, CONVERSATION, CRITERIA, MET, finish, judge_input, judge_with, on_request

FORCED = {"type": "function", "function": {"name": "finish_test"}}


def offered(request):
    return [tool["function"]["name"] for tool in request.tools]


async def test_an_automatic_call_may_continue_or_finish():
    with judge_with([CONTINUE]) as (judge, model):
        answer = await judge.call(judge_input())

    assert answer == []
    assert offered(model.requests[0]) == ["continue_test", "finish_test"]
    assert model.requests[0].tool_choice == "required"


@pytest.mark.parametrize(
    "input",
    [
        on_request(),
        on_request(["another"]),
        judge_input(turn=9),
        judge_input(turn=12),
        judge_input(max_turns=1),
    ],
    ids=["judge()", "checkpoint", "last turn", "beyond the last turn", "only turn"],
)
async def test_a_forced_call_offers_the_verdict_only(input):
    with judge_with([MET, MET, MET]) as (judge, model):
        answer = await judge.call(input)

    assert isinstance(answer, ScenarioResult)
    assert offered(model.requests[0]) == ["finish_test"]
    assert model.requests[0].tool_choice == FORCED


async def test_the_turn_before_the_last_is_not_forced():
    with judge_with([CONTINUE]) as (judge, _):
        assert await judge.call(judge_input(turn=8)) == []


async def test_a_verdict_holds_the_conversation_and_the_criteria_in_order():
    with judge_with([finish("true", "false", verdict="failure")]) as (judge, _):
        result = await judge.call(on_request())

    assert result.success is False
    assert result.messages == CONVERSATION
    assert result.passed_criteria == CRITERIA[:1]
    assert result.failed_criteria == CRITERIA[1:]
    assert result.inconclusive_criteria == []
    assert result.reasoning == "because"
    assert [(entry.criterion, entry.status, entry.evidence) for entry in result.criteria] == [
        (CRITERIA[0], "true", ["#2"]),
        (CRITERIA[1], "false", ["#2"]),
    ]


async def test_criteria_of_the_request_replace_the_judges_own():
    with judge_with([finish("true", criteria=["It rains"])]) as (judge, _):
        result = await judge.call(on_request(["It rains"]))

    assert (result.success, result.passed_criteria) == (True, ["It rains"])


async def test_without_criteria_a_request_fails_at_once_and_keeps_the_conversation():
    with judge_with([], criteria=None) as (judge, model):
        result = await judge.call(on_request())

    assert (result.success, result.messages) == (False, CONVERSATION)
    assert "no criteria" in result.reasoning
    assert model.requests == []


async def test_an_empty_list_in_the_request_counts_as_no_criteria():
    with judge_with([]) as (judge, model):
        result = await judge.call(on_request([]))

    assert (result.success, model.requests) == (False, [])


@pytest.mark.parametrize("turn", [0, 9])
async def test_without_criteria_an_automatic_call_continues_even_on_the_last_turn(turn):
    with judge_with([], criteria=[]) as (judge, model):
        assert await judge.call(judge_input(turn=turn)) == []

    assert model.requests == []


async def test_undecided_criteria_let_an_automatic_call_continue():
    with judge_with([finish("true", "inconclusive", verdict="inconclusive")]) as (judge, _):
        assert await judge.call(judge_input()) == []


async def test_undecided_criteria_with_a_verdict_of_success_let_it_continue_too():
    with judge_with([finish("true", "inconclusive", verdict="success")]) as (judge, _):
        assert await judge.call(judge_input()) == []


@pytest.mark.parametrize("verdict", ["inconclusive", "passed"])
async def test_a_verdict_that_decides_nothing_ends_no_automatic_call_although_criteria_are_met(verdict):
    with judge_with([finish("true", "true", verdict=verdict)]) as (judge, _):
        assert await judge.call(judge_input()) == []
    with judge_with([finish("true", "true", verdict=verdict)]) as (judge, _):
        assert (await judge.call(judge_input(turn=9))).success is False


@pytest.mark.parametrize(
    "reply",
    [
        finish("false", "inconclusive", verdict="inconclusive"),
        finish("true", "inconclusive", verdict="failure"),
    ],
    ids=["a false criterion", "a verdict of failure"],
)
async def test_a_failure_ends_an_automatic_call_although_something_is_undecided(reply):
    with judge_with([reply]) as (judge, _):
        result = await judge.call(judge_input())

    assert result.success is False


async def test_undecided_criteria_fail_a_forced_call():
    with judge_with([finish("true", "inconclusive", verdict="inconclusive")]) as (judge, _):
        result = await judge.call(judge_input(turn=9))

    assert result.success is False
    assert result.failed_criteria == result.inconclusive_criteria == CRITERIA[1:]


@pytest.mark.parametrize(("turn", "calls"), [(0, 0), (1, 0), (2, 1)])
async def test_before_min_turns_an_automatic_call_continues_without_the_model(turn, calls):
    with judge_with([CONTINUE]) as (judge, model):
        assert await judge.call(judge_input(turn=turn, min_turns=3)) == []

    assert len(model.requests) == calls


async def test_min_turns_does_not_hold_back_a_request():
    with judge_with([MET]) as (judge, _):
        assert (await judge.call(on_request(min_turns=5))).success


async def test_provider_errors_are_not_swallowed():
    with (
        judge_with([ModelCallError("no key", model="fake/judge", status_code=401)]) as (judge, _),
        pytest.raises(ModelCallError),
    ):
        await judge.call(on_request())


async def test_the_loop_runs_on_while_the_model_thinks():
    ticks = asyncio.Event()

    async def tick():
        for _ in range(20):
            await asyncio.sleep(0)
        ticks.set()

    async def think(_):
        async with asyncio.timeout(5):
            await ticks.wait()
        return MET

    with judge_with([think]) as (judge, _):
        async with asyncio.TaskGroup() as group:
            verdict = group.create_task(judge.call(on_request()))
            group.create_task(tick())

    assert verdict.result().success


async def test_one_judge_serves_concurrent_runs():
    both_asked = asyncio.Barrier(2)

    async def answer(request):
        async with asyncio.timeout(5):
            await both_asked.wait()
        return finish("true" if "Alpha" in request.messages[0]["content"] else "false", "true")

    with judge_with(answer) as (judge, _):
        first, second = await asyncio.gather(
            judge.call(on_request(thread_id="a", description="the story of Alpha")),
            judge.call(on_request(thread_id="b", description="the story of Beta")),
        )

    assert (first.passed_criteria, second.passed_criteria) == (CRITERIA, CRITERIA[1:])


async def test_the_input_is_not_changed_and_the_result_has_its_own_list():
    input = on_request()
    before = copy.deepcopy(input.messages)
    with judge_with([MET]) as (judge, _):
        result = await judge.call(input)
    result.messages.append({"role": "user", "content": "later"})

    assert input.messages == before


async def test_log_and_result_hold_nothing_of_the_prompt(caplog):
    caplog.set_level(logging.DEBUG)
    with judge_with([ModelResponse(tool_calls=(ToolCall("1", "lookup", "{}"),)), MET]) as (judge, model):
        result = await judge.call(on_request())

    rules = model.prompts[0][0]["content"][:60]
    assert rules not in caplog.text
    assert rules not in result.model_dump_json()
