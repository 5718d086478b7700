"""Tools run while the user waits, and are seen by the run."""

from __future__ import annotations

import asyncio
import json

import pytest

import scenario
from scenario.errors import AgentCallError
from tests.transports.local.agents import an_agent, answer, say
from tests.voice_run.plays import events, play

TOOLS = [{"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}]


def tool_messages(server) -> list[str]:
    return [each["content"] for each in server.requests[-1].body["messages"] if each["role"] == "tool"]


async def lookup_async(id: int) -> dict:
    await asyncio.sleep(0)
    return {"id": id, "state": "open"}


def lookup_that_fails(id: int) -> None:
    raise KeyError(id)


@pytest.mark.parametrize(
    ("handler", "result"),
    [
        (lambda id: f"order {id}", "order 7"),
        (lookup_async, '{"id": 7, "state": "open"}'),
        (lookup_that_fails, '{"error": "KeyError: 7"}'),
        (None, '{"error": "there is no tool \'lookup\'"}'),
        (lambda: None, "unexpected keyword argument"),
    ],
)
async def test_the_model_gets_what_the_tool_says(handler, result):
    handlers = {"lookup": handler} if handler else {}
    async with an_agent([{"lookup": {"id": 7}}, "it is open"], tools=TOOLS, tool_handlers=handlers) as (
        agent,
        server,
    ):
        async with agent:
            await say(agent, "where is my order")
            assert await answer(agent) == "it is open"
        assert server.requests[0].body["tools"] == TOOLS
        (told,) = tool_messages(server)
        assert result in told


async def test_calls_and_results_are_in_the_conversation_and_on_the_timeline():
    settings = {"tools": TOOLS, "tool_handlers": {"lookup": lookup_async}}
    async with an_agent([{"lookup": {"id": 7}}, "it is open"], **settings) as (agent, _):
        script = [scenario.user("where is my order"), scenario.agent(), scenario.succeed()]
        result = await play(agent, script=script)
    (call,) = [each["tool_calls"][0] for each in result.messages if each.get("tool_calls")]
    assert json.loads(call["function"]["arguments"]) == {"id": 7}
    (told,) = [each for each in result.messages if each["role"] == "tool"]
    assert told["tool_call_id"] == call["id"]
    assert [event.type for event in events(result, "tool_call", "tool_result")] == [
        "tool_call",
        "tool_result",
    ]


async def test_eight_rounds_are_answered_and_a_ninth_is_an_error_of_the_turn():
    settings = {"tools": TOOLS, "tool_handlers": {"lookup": lookup_async}}
    rounds = [{"lookup": {"id": 7}}] * 8
    async with an_agent([*rounds, "done", *rounds, *rounds], **settings) as (agent, server), agent:
        await say(agent, "go on")
        assert await answer(agent) == "done"
        await say(agent, "and again")
        with pytest.raises(RuntimeError, match="8 times"):
            await answer(agent)
        assert len(server.requests) == 9 + 9


async def test_a_tool_that_is_cut_off_leaves_a_history_that_a_provider_accepts():
    async def slow(id: int) -> str:
        await asyncio.sleep(60)
        return "never"

    settings = {"tools": TOOLS, "tool_handlers": {"lookup": slow}}
    async with an_agent([{"lookup": {"id": 7}}, "yes"], **settings) as (agent, server), agent:
        await say(agent, "where is my order")
        await server.until(lambda server: len(server.requests) == 1)
        await asyncio.sleep(0.2)
        assert await agent.interrupt() is True
        assert not (await agent.recv_audio(5)).data  # the end of the turn that was cut off
        await say(agent, "never mind")
        assert await answer(agent) == "yes"
        (told,) = tool_messages(server)
        assert "stopped" in told
        roles = [message["role"] for message in server.requests[-1].body["messages"]]
        assert roles == ["system", "user", "assistant", "tool", "user"]


async def test_a_run_says_which_agent_called_tools_without_end():
    settings = {"tools": TOOLS, "tool_handlers": {"lookup": lookup_async}}
    async with an_agent({"lookup": {"id": 7}}, **settings) as (agent, _):
        with pytest.raises(AgentCallError, match="called tools 8 times") as caught:
            await play(agent, script=[scenario.user("hello"), scenario.agent()])
        assert caught.value.voice_recording.duration > 0
