"""Calls that a hurried person writes: each is understood, or refused with what to do."""

from __future__ import annotations

import pytest

import scenario
from tests.engine.agents import agent, texts


async def play(*script, agents=(), **more):
    return await scenario.arun("n", "d", agents, script=list(script), **more)


async def test_agents_and_script_may_be_iterators():
    steps = iter([scenario.user("hi"), scenario.agent(), scenario.succeed()])
    result = await scenario.arun("n", "d", (each for each in [agent("yes")]), script=steps)
    assert texts(result.messages) == ["hi", "yes"]


async def test_an_agent_or_a_step_without_brackets_is_told_so():
    with pytest.raises(TypeError, match=r"agents must be a list of agents, got .*agents=\[\.\.\.\]"):
        await scenario.arun("n", "d", agent())
    with pytest.raises(TypeError, match=r"script must be a list of steps, got .*script=\[\.\.\.\]"):
        await scenario.arun("n", "d", script=scenario.user("hi"))


@pytest.mark.parametrize("step", [scenario.user, scenario.agent])
@pytest.mark.parametrize("content", [5, b"hi", scenario.ScenarioResult(success=True, messages=[])])
def test_what_nobody_says_is_refused_where_it_is_written(step, content):
    with pytest.raises(TypeError, match=rf"scenario\.{step.__name__}\(\) takes text or a message .*, got a "):
        step(content)


async def test_a_list_is_the_content_of_a_message_in_parts():
    parts = [{"type": "text", "text": "hi"}]
    result = await play(scenario.user(parts), scenario.succeed())
    assert result.messages[0]["content"] == parts


@pytest.mark.parametrize("turns", ["3", 2.5, lambda state: None])
def test_turns_that_are_no_number_are_refused_where_they_are_written(turns):
    with pytest.raises(TypeError, match="turns must be an integer"):
        scenario.proceed(turns)


async def test_a_number_of_turns_may_come_from_the_environment_as_text():
    result = await play(agents=[agent()], max_turns="2")
    assert len(result.messages) == 2
    with pytest.raises(ValueError, match="max_turns"):
        await play(agents=[agent()], max_turns="many")


def test_a_default_model_that_is_none_is_refused_where_it_is_configured():
    with pytest.raises(TypeError, match=r"default_model must be .* got \{'model': 'openai/x'\}"):
        scenario.configure(default_model={"model": "openai/x"})


async def test_a_memory_may_forget_in_a_plain_method():
    bot, told = agent(), []
    bot.on_rollback = lambda removed, thread_id: told.append(texts(removed))

    def back(state):
        state.rollback_messages_to(0)

    await play(
        scenario.user("a"), back, scenario.user("b"), scenario.agent(), scenario.succeed(), agents=[bot]
    )
    assert told == [["a"]]
