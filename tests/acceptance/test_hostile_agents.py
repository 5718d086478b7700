"""Agents that do what no agent should: the run ends in order, and no other run notices."""

from __future__ import annotations

import asyncio
import inspect
import sys
import tracemalloc
from unittest.mock import MagicMock

import pytest

import scenario
from scenario.errors import AgentCallError, InvalidReturnTypeError
from tests.engine.agents import Says, agent, judge, texts, user, verdict

MEGABYTE = 1_000_000


async def play(*script, agents=(), **more):
    return await scenario.arun("n", "d", list(agents), script=list(script), **more)


# What they return


def a_cycle():
    message = {"role": "assistant", "content": []}
    message["content"].append(message)
    return message


UNUSABLE = {
    "cycle": a_cycle(),
    "cycle through lists": [[{"role": "assistant"}]],
    "bytes": {"role": "assistant", "content": b"x"},
    "set": {"role": "assistant", "content": {"x"}},
    "object": {"role": "assistant", "content": [{"type": "text", "text": object()}]},
    "mock": MagicMock(),
    "mock as content": {"role": "assistant", "content": MagicMock()},
    "mock deep inside": {"role": "assistant", "tool_calls": [{"function": {"arguments": MagicMock()}}]},
    "number as key": {"role": "assistant", "content": {1: "x"}},
    "class": {"role": "assistant", "content": dict},
    "exception": ValueError,
    "bool": True,
    "set of texts": {"a", "b"},
    "range": range(3),
    "text in a list": ["hi"],
    "message in a tuple": ({"role": "assistant", "content": "x"},),
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_an_answer_that_is_no_message_is_the_agents_error(answer, endings):
    with pytest.raises(AgentCallError, match=r"^\[Says\] Says\.call returned ") as caught:
        await play(scenario.user("hi"), scenario.agent(), agents=[agent(lambda input: answer)])
    assert isinstance(caught.value.__cause__, InvalidReturnTypeError)
    assert len(str(caught.value)) < 600
    assert endings.statuses == ["ERROR"]


class Yields(Says):
    def call(self, input):
        yield "chunk"


class YieldsLater(Says):
    async def call(self, input):
        yield "chunk"


@pytest.mark.parametrize("bot", [Yields(), YieldsLater(), agent(lambda input: (c for c in "hi"))])
async def test_every_kind_of_stream_is_told_to_collect_its_chunks(bot):
    with pytest.raises(AgentCallError, match="collect the chunks first"):
        await play(scenario.agent(), agents=[bot])


async def test_a_message_of_ten_megabytes_travels_without_being_copied():
    payload = "A" * (10 * MEGABYTE)
    audio = {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": payload}}]}
    peaks = []

    def adds(state):
        tracemalloc.start()
        try:
            state.add_message(audio)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()

    bot = agent()
    result = await play(adds, scenario.agent(), scenario.succeed(), agents=[bot])
    assert peaks[0] < 100_000
    assert bot.inputs[0].messages[0]["content"][0]["input_audio"]["data"] is payload
    assert result.messages[0]["content"][0]["input_audio"]["data"] is payload


async def test_ten_thousand_messages_in_one_answer_are_ten_thousand_messages():
    crowd = [{"role": "assistant", "content": str(number)} for number in range(10_000)]
    examiner = judge(verdict())
    result = await play(scenario.agent(), scenario.judge(), agents=[agent(crowd), examiner])
    assert texts(result.messages) == [str(number) for number in range(10_000)]
    assert len(examiner.inputs[0].new_messages) == 10_000


async def test_changing_the_answer_afterwards_changes_nothing():
    answer = {"role": "assistant", "content": [{"type": "text", "text": "said"}]}

    def changes_it(state):
        answer["content"][0]["text"] = "never said"

    result = await play(scenario.agent(), changes_it, scenario.succeed(), agents=[agent(answer)])
    assert result.messages[0]["content"] == [{"type": "text", "text": "said"}]
    assert "trace_id" not in answer


# What they do to their input


async def test_an_agent_that_empties_its_lists_empties_nobody_elses():
    def empties(input):
        input.messages.clear()
        input.new_messages.clear()
        return "done"

    examiner = judge(verdict())
    result = await play(
        scenario.user("hi"), scenario.agent(), scenario.judge(), agents=[agent(empties), examiner]
    )
    assert texts(result.messages) == texts(examiner.inputs[0].messages) == ["hi", "done"]


async def test_an_agent_that_writes_into_the_state_changes_no_thread_no_conversation_and_no_turn():
    def writes(input):
        state = input.scenario_state
        state.thread_id, state.current_turn, state.messages = "another", 99, []
        return "done"

    examiner = judge([], [], verdict())
    result = await play(scenario.proceed(), agents=[user(), agent(writes), examiner], max_turns=5)
    assert result.success
    assert texts(result.messages) == ["hello", "done"] * 3
    assert len({input.thread_id for input in examiner.inputs}) == 1
    assert examiner.inputs[0].thread_id.startswith("scenariothread_")


async def test_a_message_that_an_agent_adds_is_new_for_the_others_and_for_itself():
    def adds(input):
        input.scenario_state.add_message({"role": "tool", "tool_call_id": "c1", "content": "found"})
        return "done"

    bot = agent(adds)
    await play(scenario.agent(), scenario.agent(), scenario.succeed(), agents=[bot])
    assert texts(bot.inputs[1].new_messages) == ["found"]


async def test_a_verdict_of_a_step_that_an_agent_runs_itself_ends_the_run():
    async def gives_up(input):
        await scenario.fail("the agent gave up")(input.scenario_state)
        return "bye"

    result = await play(
        scenario.proceed(), scenario.succeed(), agents=[user(), agent(gives_up), judge([], verdict())]
    )
    assert not result.success
    assert result.reasoning == "the agent gave up"


async def test_a_checkpoint_that_failed_inside_an_agents_call_is_not_forgotten():
    async def asks(input):
        await scenario.judge(criteria=["polite"])(input.scenario_state)
        return "bye"

    examiner = judge(verdict(False, failed=["polite"]), verdict(True))
    result = await play(scenario.proceed(), agents=[agent(asks), examiner])
    assert not result.success
    assert result.failed_criteria == ["polite"]


async def test_an_agent_that_opens_turns_from_within_ends_at_the_limit():
    async def speaks_for_the_user(input):
        await scenario.user("and then?")(input.scenario_state)
        return "well"

    result = await play(scenario.proceed(turns=1), agents=[agent(speaks_for_the_user)], max_turns=4)
    assert not result.success
    assert "maximum turns (4)" in result.reasoning


async def test_an_agent_that_calls_itself_for_ever_is_an_error_and_no_overflow(endings):
    async def calls_itself(input):
        await scenario.agent()(input.scenario_state)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 250)  # a lower one, because the way back is slow
    try:
        with pytest.raises(AgentCallError):
            await play(scenario.agent(), agents=[agent(calls_itself)])
    finally:
        sys.setrecursionlimit(limit)
    assert endings.statuses == ["ERROR"]


async def test_a_background_turn_that_waits_for_itself_is_an_error_and_no_deadlock():
    async def waits_for_itself(input):
        await asyncio.sleep(0)
        await scenario.user("me")(input.scenario_state)

    async def lets_it_run(state):
        await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        with pytest.raises(AgentCallError, match="await on itself"):
            await play(
                scenario.agent(wait=False),
                lets_it_run,
                scenario.user("hi"),
                agents=[agent(waits_for_itself)],
            )


# What they are


class Odd(Says):
    __hash__ = None

    def __eq__(self, other):
        raise AssertionError("agents are not compared")

    def __bool__(self):
        raise AssertionError("agents are not asked whether they are true")

    def __len__(self):
        return 0


async def test_agents_need_be_neither_hashable_nor_comparable_nor_true():
    odd = [
        Odd("hello", role=scenario.AgentRole.USER),
        Odd("hi"),
        Odd(verdict(), role=scenario.AgentRole.JUDGE),
    ]
    result = await play(scenario.proceed(), agents=odd)
    assert result.success
    assert texts(result.messages) == ["hello", "hi"]


class Counts(scenario.AgentAdapter):
    """An agent with a memory, keyed as it should be."""

    def __init__(self):
        self.seen = {}

    async def call(self, input):
        await asyncio.sleep(0)
        self.seen[input.thread_id] = self.seen.get(input.thread_id, 0) + len(input.new_messages)
        return str(self.seen[input.thread_id])


async def test_an_agent_with_a_memory_serves_many_runs_at_once_without_mixing_them():
    bot = Counts()
    steps = [scenario.user("a"), scenario.agent(), scenario.user("b"), scenario.agent(), scenario.succeed()]
    runs = [scenario.run if number % 2 else scenario.arun for number in range(30)]
    results = await asyncio.gather(*(run("n", "d", [bot], script=steps) for run in runs))
    assert [texts(result.messages) for result in results] == [["a", "1", "b", "2"]] * 30
    assert len(bot.seen) == 30
