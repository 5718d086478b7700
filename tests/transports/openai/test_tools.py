"""Tools: who runs them, what the model is told, and what the conversation shows."""

from __future__ import annotations

import asyncio
import json

import pytest

import scenario
from tests.transports.openai.talking import model_at, run, say, texts, understand
from tests.transports.peers.openai_realtime import realtime_server, says

SCRIPT = [scenario.user("where is it"), scenario.agent()]


def calls(name: str, *pieces: str, before: str = "", **how):
    """Return an act that calls a tool, after saying something or not."""

    async def act(response) -> None:
        if before:
            await response.say(before)
        await response.call(name, *pieces, **how)

    return act


def roles(messages) -> list[str]:
    return ["calls" if message.get("tool_calls") else message["role"] for message in messages]


def events(result, type: str):
    return [(event.name, event.args, event.result) for event in result.timeline if event.type == type]


async def test_a_turn_of_tool_calls_alone_is_their_message():
    async with realtime_server(calls("look_up", '{"id"', ": 7}")) as server:
        result = await run([model_at(server)], [*SCRIPT, scenario.succeed()])
        assert server.last.results == {}
    assert roles(result.messages) == ["user", "calls"]
    (call,) = result.messages[-1]["tool_calls"]
    assert call["function"] == {"name": "look_up", "arguments": '{"id": 7}'}
    assert events(result, "tool_call") == [("look_up", {"id": 7}, None)]


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_handler_answers_and_the_speech_that_follows_is_of_the_same_turn(is_async):
    def look_up(id: int) -> dict:
        return {"status": f"order {id} is on its way"}

    async def look_up_later(id: int) -> dict:
        await asyncio.sleep(0.01)
        return look_up(id)

    acts = [calls("look_up", '{"id": 7}', before="let me see"), says("it is on its way")]
    async with realtime_server(*acts) as server:
        handlers = {"look_up": look_up_later if is_async else look_up}
        result = await run([model_at(server, tool_handlers=handlers)], [*SCRIPT, scenario.succeed()])
        assert [json.loads(text) for text in server.last.results.values()] == [
            {"status": "order 7 is on its way"}
        ]
        assert len(server.last.sent("response.create")) == 2
    assert roles(result.messages) == ["user", "assistant", "calls", "tool"]
    assert texts(result.messages, "assistant") == ["let me see it is on its way"]
    assert result.messages[-1]["tool_call_id"] == result.messages[-2]["tool_calls"][0]["id"]


async def test_the_conversation_that_shows_a_handlers_result_does_not_send_it_again():
    acts = [calls("look_up", "{}"), says("done"), says("you are welcome")]
    async with realtime_server(*acts) as server:
        script = [*SCRIPT, scenario.user("thanks"), scenario.agent(), scenario.succeed()]
        result = await run([model_at(server, tool_handlers={"look_up": lambda: "here"})], script)
        assert list(server.last.results.values()) == ["here"]
        assert len(server.last.sent("conversation.item.create")) == 1
        assert len(server.last.sent("response.create")) == 3
        assert server.last.errors == []
    assert events(result, "tool_result") == [("look_up", None, "here")]


async def test_the_script_gives_results_and_the_model_goes_on_in_a_new_turn():
    async with realtime_server(calls("look_up", "{}", call_id="call_a"), says("it is here")) as server:
        given = {"role": "tool", "tool_call_id": "call_a", "content": "in the shop"}
        script = [*SCRIPT, scenario.message(given), scenario.agent(), scenario.succeed()]
        result = await run([model_at(server)], script)
        assert server.last.results == {"call_a": "in the shop"}
        assert len(server.last.sent("response.create")) == 2
    assert roles(result.messages) == ["user", "calls", "tool", "assistant"]
    assert texts(result.messages, "assistant") == ["it is here"]
    assert [event[2] for event in events(result, "tool_result")] == ["in the shop"]


async def test_two_calls_are_answered_before_the_model_goes_on():
    async def act(response) -> None:
        await response.call("look_up", '{"id": 1}', call_id="call_1")
        await response.call("pay", '{"id": 2}', call_id="call_2")

    async with realtime_server(act, says("both done")) as server:
        adapter = model_at(server, tool_handlers={"look_up": lambda id: f"order {id}"})
        given = {"role": "tool", "tool_call_id": "call_2", "content": "paid"}
        script = [*SCRIPT, scenario.message(given), scenario.agent(), scenario.succeed()]
        result = await run([adapter], script)
        assert server.last.results == {"call_1": "order 1", "call_2": "paid"}
        assert len(server.last.sent("response.create")) == 2
    assert texts(result.messages, "assistant") == ["both done"]


async def test_a_call_that_nobody_answers_does_not_hold_up_a_later_one():
    acts = [calls("unknown", "{}"), calls("look_up", "{}"), says("here it is")]
    async with realtime_server(*acts) as server:
        script = [*SCRIPT, scenario.user("and now"), scenario.agent(), scenario.succeed()]
        result = await run([model_at(server, tool_handlers={"look_up": lambda: "here"})], script)
    assert texts(result.messages, "assistant") == ["here it is"]


async def test_a_result_that_no_call_waits_for_is_not_sent():
    async with realtime_server(says("hello")) as server, model_at(server) as adapter:
        await adapter.send_tool_result("call_of_someone_else", "x")
        await say(adapter)
        assert await understand(adapter) == "hello"
        assert server.last.sent("conversation.item.create") == []


@pytest.mark.parametrize(
    ("pieces", "said", "expected"),
    [
        (('{"a": 1}',), None, '{"a": 1}'),
        (('{"a"', ": 2}"), "", '{"a": 2}'),
        ((), "", "{}"),
        (('{"broken": ',), None, '{"broken": '),
    ],
)
async def test_arguments_are_the_final_ones_else_the_streamed_ones_else_none(pieces, said, expected):
    async with realtime_server(calls("look_up", *pieces, said=said)) as server:
        result = await run([model_at(server)], [*SCRIPT, scenario.succeed()])
    (call,) = result.messages[-1]["tool_calls"]
    assert call["function"]["arguments"] == expected


async def test_a_handler_that_fails_tells_the_model_why():
    def look_up(id: int) -> str:
        raise LookupError("no such order")

    acts = [calls("look_up", '{"id": 7}'), says("sorry"), calls("look_up", "not json"), says("sorry again")]
    async with realtime_server(*acts) as server:
        async with model_at(server, tool_handlers={"look_up": look_up}) as adapter:
            for expected in ("sorry", "sorry again"):
                await say(adapter)
                assert await understand(adapter) == expected
        first, second = server.last.results.values()
    assert json.loads(first) == {"error": "LookupError: no such order"}
    assert "JSONDecodeError" in json.loads(second)["error"]


async def test_a_turn_that_is_stopped_while_a_tool_runs_does_not_go_on():
    ready = asyncio.Event()

    async def look_up() -> str:
        await ready.wait()
        return "too late"

    peer = realtime_server(calls("look_up", "{}"), says("next"))
    async with peer as server, model_at(server, tool_handlers={"look_up": look_up}) as adapter:
        await say(adapter)
        await asyncio.sleep(0.1)
        assert await adapter.interrupt() is True
        assert (await adapter.recv_audio(1)).data == b""
        ready.set()
        await asyncio.sleep(0.1)
        assert list(server.last.results.values()) == ["too late"], "the model knows what its tool did"
        assert len(server.last.sent("response.create")) == 1
        await say(adapter)
        assert await understand(adapter) == "next"
