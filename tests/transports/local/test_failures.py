"""A model that fails is an error in the turn that waits for it, and nothing is left of what was cancelled."""

from __future__ import annotations

import asyncio
import logging
import random

import pytest

import scenario
from scenario.errors import AgentCallError, ModelCallError
from tests.peers.openai_server import Reply
from tests.transports.local.agents import an_agent, answer, dialogue, say
from tests.voice_run.plays import play

SECRET = "SECRET-model-key"


@pytest.mark.parametrize("reply", [Reply(status=401, message=f"bad key {SECRET}"), Reply(fault="reset")])
async def test_a_failing_model_is_an_error_of_the_turn_that_shows_no_key(reply, caplog):
    caplog.set_level(logging.DEBUG)
    async with an_agent(reply, llm_params={"api_key": SECRET, "max_retries": 0}) as (agent, _):
        with pytest.raises(AgentCallError) as caught:
            await play(agent, script=[scenario.user("hello"), scenario.agent()])
    assert isinstance(caught.value.__cause__, ModelCallError)
    assert caught.value.voice_recording.duration > 0
    assert (
        SECRET
        not in f"{caught.value} {caught.value.__cause__!r} {vars(caught.value.__cause__)} {caplog.text}"
    )
    assert SECRET not in repr(vars(agent))


async def test_the_conversation_goes_on_after_a_failure():
    async with an_agent([Reply(status=400), "now it works"]) as (agent, server), agent:
        await say(agent, "hello")
        with pytest.raises(ModelCallError):
            await agent.recv_audio(10)
        assert not (await agent.recv_audio(10)).data
        await say(agent, "again")
        assert await answer(agent) == "now it works"
        assert dialogue(server) == [("user", "hello"), ("user", "again")]


async def test_a_busy_model_is_asked_again():
    async with an_agent([Reply(status=503), "here"]) as (agent, server), agent:
        await say(agent, "hello")
        assert await answer(agent) == "here"
        assert len(server.requests) == 2


async def test_an_answer_without_text_is_no_message():
    async with an_agent(["", "yes"]) as (agent, server), agent:
        await say(agent, "hello")
        assert await answer(agent) == ""
        await say(agent, "hello?")
        await answer(agent)
        assert dialogue(server) == [("user", "hello"), ("user", "hello?")]


async def test_what_is_cancelled_leaves_no_task_and_no_request():
    before = asyncio.all_tasks()
    moments = random.Random(3)
    async with an_agent(Reply("one. two. three.", delay=0.2)) as (agent, _):
        for _ in range(12):
            script = [scenario.user("hello"), scenario.agent(), scenario.user("go on"), scenario.agent()]
            running = asyncio.create_task(play(agent, script=script, clock="real"))
            await asyncio.wait({running}, timeout=moments.uniform(0, 2))
            running.cancel()
            await asyncio.wait({running}, timeout=5)
            assert running.done()
            with pytest.raises(RuntimeError, match="not connected"):
                await agent.recv_audio(0.1)
        await asyncio.sleep(0.3)
        left = {task.get_name() for task in asyncio.all_tasks() - before}
        assert not any("local voice agent" in name for name in left)


async def test_disconnecting_while_the_model_thinks_ends_the_request():
    async with an_agent(Reply(fault="hang")) as (agent, server):
        async with agent:
            await say(agent, "hello")
            await server.until(lambda server: len(server.requests) == 1)
        await server.until(lambda server: server.open_connections == 0)
