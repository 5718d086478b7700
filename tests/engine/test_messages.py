"""What agents and steps see of the conversation: core 1.4, 1.6, 2.4, 2.6."""

from __future__ import annotations

import asyncio

import pytest

import scenario
from scenario.config import ScenarioConfig
from scenario.scenario_state import ScenarioState
from scenario.types import AgentInput
from tests.engine.agents import agent, judge, texts, user, verdict


async def run(*script, agents=(), **more):
    return await scenario.arun(name="test", description="a test", agents=agents, script=list(script), **more)


async def test_an_agent_sees_the_whole_conversation_and_what_is_new_to_it():
    bot = agent("a", "b")
    await run(
        scenario.user("one"), scenario.agent(), scenario.user("two"), scenario.agent(), scenario.succeed(),
        agents=[bot],
    )  # fmt: skip
    assert texts(bot.inputs[1].messages) == ["one", "a", "two"]
    assert texts(bot.inputs[1].new_messages) == ["two"]


async def test_agents_see_no_trace_ids_and_the_conversation_has_them():
    bot = agent()
    result = await run(scenario.user("hi"), scenario.agent(), scenario.succeed(), agents=[bot])
    assert all(
        "trace_id" not in message for message in [*bot.inputs[0].messages, *bot.inputs[0].new_messages]
    )
    assert all(len(message["trace_id"]) == 32 for message in result.messages)


async def test_each_turn_has_a_trace_of_its_own():
    result = await run(scenario.proceed(turns=2), scenario.succeed(), agents=[user(), agent()])
    first, second, third, fourth = (message["trace_id"] for message in result.messages)
    assert first == second != third == fourth


async def test_an_agent_that_changes_its_lists_changes_nothing_else():
    def vandal(input):
        input.messages[0]["content"] = "changed"
        input.new_messages.clear()
        input.messages.clear()
        return "done"

    other = judge(verdict())
    result = await run(scenario.user("hi"), scenario.agent(), scenario.judge(), agents=[agent(vandal), other])
    assert texts(result.messages) == ["hi", "done"]
    assert texts(other.inputs[0].new_messages) == ["hi", "done"]


async def test_messages_added_while_a_call_runs_are_new_at_its_next_call():
    async def listens(input):
        input.scenario_state.add_message({"role": "system", "content": "meanwhile"})
        return "one"

    bot = agent(listens, "two")
    await run(scenario.user("hi"), scenario.agent(), scenario.agent(), scenario.succeed(), agents=[bot])
    assert texts(bot.inputs[1].new_messages) == ["meanwhile"]


async def test_rolling_back_returns_records_and_withdraws_from_every_queue():
    bot = agent()
    kept = []

    def back(state):
        kept.extend(state.rollback_messages_to(1))
        assert state.rollback_messages_to(9) == []
        with pytest.raises(ValueError, match="at least 0"):
            state.rollback_messages_to(-1)

    def look(state):
        (rollback,) = state.rollbacks
        assert (rollback.turn, rollback.index, texts(rollback.messages)) == (1, 1, ["b"])

    await run(
        scenario.user("a"), scenario.user("b"), back, look, scenario.agent(), scenario.succeed(), agents=[bot]
    )
    assert texts(kept) == ["b"]
    assert texts(bot.inputs[0].new_messages) == ["a"]


async def test_an_agent_with_a_memory_is_told_of_withdrawn_messages_before_its_next_call():
    bot = agent()
    told = []

    async def on_rollback(removed, thread_id):
        told.append((texts(removed), thread_id, len(bot.inputs)))

    bot.on_rollback = on_rollback

    def back(state):
        state.rollback_messages_to(0)

    await run(
        scenario.user("a"), back, scenario.user("b"), scenario.agent(), scenario.succeed(), agents=[bot]
    )
    assert told == [(["a"], bot.inputs[0].thread_id, 0)]


async def test_a_bad_message_is_refused_where_it_is_added():
    def adds(state):
        with pytest.raises(ValueError, match="a message is a dict"):
            state.add_message({"content": "no role"})

    await run(adds, scenario.succeed())


# The helpers of AgentInput and ScenarioState, without a run


def an_input(*new):
    state = ScenarioState(description="d", thread_id="t")
    return AgentInput(thread_id="t", messages=list(new), new_messages=list(new), scenario_state=state)


def test_the_last_new_user_message():
    input = an_input({"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "tool"})
    assert input.last_new_user_message()["content"] == "b"
    assert input.last_new_user_message_str() == "b"


def test_without_a_new_user_message_the_error_points_to_the_whole_conversation():
    for helper in ("last_new_user_message", "last_new_user_message_str"):
        with pytest.raises(ValueError, match="messages"):
            getattr(an_input({"role": "assistant", "content": "a"}), helper)()


def test_content_that_is_no_text_is_shown_shortened():
    input = an_input({"role": "user", "content": [{"type": "text", "text": "x" * 1000}]})
    with pytest.raises(ValueError, match="not a string") as caught:
        input.last_new_user_message_str()
    assert len(str(caught.value)) < 400


def test_message_lists_are_neither_validated_nor_rewritten():
    odd = [{"role": "user", "content": object()}]
    input = AgentInput(
        thread_id="t",
        messages=odd,
        new_messages=odd,
        scenario_state=ScenarioState(description="", thread_id=""),
    )
    assert input.messages is odd


def a_state(*messages):
    return ScenarioState(description="d", thread_id="t", messages=list(messages), config=ScenarioConfig())


def calling(*names):
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": str(i), "function": {"name": n, "arguments": "{}"}} for i, n in enumerate(names)
        ],
    }


def test_last_message_and_last_user_message():
    state = a_state({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"})
    assert state.last_message()["content"] == "b"
    assert state.last_user_message()["content"] == "a"
    for helper in ("last_message", "last_user_message"):
        with pytest.raises(ValueError, match="no"):
            getattr(a_state(), helper)()


def test_the_last_tool_call_is_the_most_recent_and_within_a_message_the_last():
    state = a_state(calling("f"), calling("f", "g", "f"), {"role": "assistant", "content": "x"})
    assert state.last_tool_call("f")["id"] == "2"
    assert state.has_tool_call("g")
    assert state.last_tool_call("h") is None
    assert not state.has_tool_call("h")


def test_malformed_tool_calls_are_passed_over():
    state = a_state(
        calling("f"),
        {"role": "assistant", "tool_calls": None},
        {"role": "assistant", "tool_calls": 5},
        {"role": "assistant", "tool_calls": [{}, {"function": None}, {"function": {}}, "f", None]},
    )
    assert state.has_tool_call("f")
    assert state.last_tool_call("g") is None


def test_a_state_without_a_run_says_what_needs_one():
    state = a_state()
    assert (state.timeline, state.rollbacks, state.agents) == ([], [], ())
    for act in (
        lambda: state.add_message({"role": "user"}),
        lambda: state.rollback_messages_to(0),
        lambda: state.set_effects([]),
        lambda: scenario.user("x")(state),
    ):
        with pytest.raises(RuntimeError, match="no run behind it"):
            act()


async def test_two_runs_at_once_with_the_same_agents_never_meet():
    async def echo(input):
        await asyncio.sleep(0)
        return f"{input.thread_id}: {input.new_messages[-1]['content']}"

    bot = agent(echo)
    results = await asyncio.gather(
        *(run(scenario.user(str(n)), scenario.agent(), scenario.succeed(), agents=[bot]) for n in range(20))
    )
    answers = [result.messages[-1]["content"].split(": ") for result in results]
    assert [text for _, text in answers] == [str(n) for n in range(20)]
    assert len({thread for thread, _ in answers}) == 20


async def test_what_failures_show_of_state_and_input_is_short():
    bot, states = agent(), []
    long = {"role": "user", "content": "A" * 10_000}
    await run(scenario.user(long), scenario.agent(), states.append, scenario.succeed(), agents=[bot])
    assert repr(states[0]) == str(states[0]) == "ScenarioState(2 messages, current_turn=0)"
    assert repr(bot.inputs[0]) == str(bot.inputs[0]) == "AgentInput(1 messages, 1 of them new)"
