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
