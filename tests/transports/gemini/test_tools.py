"""Tools that handlers run, tools that the script answers, and calls that nobody wants any more."""

from __future__ import annotations

import asyncio

import pytest

import scenario
from tests.transports.gemini.talking import (
    hear,
    listened,
    model_at,
    nothing_more,
    run,
    say,
    spoken,
    understand,
    until,
)
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, INTERRUPTED, gemini_server

CALL = gemini.calls(("c1", "weather", {"city": "Oslo"}))


def one_call(call: str = CALL):
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("one moment")), call)
        await caller.next("toolResponse")
        await caller.say(gemini.speech(spoken("it rains")), COMPLETE)

    return behave


async def weather(city: str) -> dict[str, str]:
    await asyncio.sleep(0.05)
    return {"sky": f"rain in {city}"}


@pytest.mark.parametrize(
    ("handler", "response"),
    [
        (weather, {"sky": "rain in Oslo"}),
        (lambda city: f"rain in {city}", {"output": "rain in Oslo"}),
        (lambda city: [city, 1], {"output": ["Oslo", 1]}),
        (lambda town: town, {"error": "TypeError: "}),
    ],
)
async def test_a_handlers_result_goes_to_the_model_and_its_speech_is_the_same_turn(handler, response):
    async with (
        gemini_server(one_call()) as server,
        model_at(server, tool_handlers={"weather": handler}) as adapter,
    ):
        line = listened(adapter)
        await say(adapter)
        assert await hear(adapter) == spoken("one moment") + spoken("it rains")
        (sent,) = [frame["toolResponse"] for frame in server.caller.frames if "toolResponse" in frame]
        (answer,) = sent["functionResponses"]
        assert (answer["id"], answer["name"]) == ("c1", "weather")
        if "error" in response:
            assert answer["response"]["error"].startswith(response["error"])
        else:
            assert answer["response"] == response
        server.check_sent()
    assert line.calls == [("weather", '{"city": "Oslo"}', "c1")]
    assert line.results == [("weather", answer["response"], "c1")]


async def test_results_of_calls_made_together_are_sent_together():
    both = gemini.calls(("c1", "weather", {"city": "Oslo"}), ("c2", "weather", {"city": "Rome"}))
    async with (
        gemini_server(one_call(both)) as server,
        model_at(server, tool_handlers={"weather": weather}) as adapter,
    ):
        await say(adapter)
        await hear(adapter)
        (sent,) = [frame["toolResponse"] for frame in server.caller.frames if "toolResponse" in frame]
    assert [answer["id"] for answer in sent["functionResponses"]] == ["c1", "c2"]


async def test_a_cancelled_call_is_stopped_and_gets_no_answer():
    cancelled = asyncio.Event()

    async def slow(city: str) -> str:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return city

    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(CALL)
        await caller.next("realtimeInput.activityStart")
        await caller.say(gemini.cancellation("c1"), INTERRUPTED, COMPLETE)
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("never mind")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server, tool_handlers={"weather": slow}) as adapter:
        line = listened(adapter)
        await say(adapter)
        await until(lambda: line.calls)
        await say(adapter)
        assert await hear(adapter) == b""
        assert await understand(adapter) == "never mind"
        assert cancelled.is_set()
        assert "toolResponse" not in server.caller.kinds()
    assert line.results == []


async def test_of_calls_made_together_those_that_are_still_wanted_are_answered():
    async def look_up(city: str) -> str:
        await asyncio.sleep(30 if city == "Oslo" else 0.3)
        return city

    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(
            gemini.calls(("c1", "weather", {"city": "Oslo"}), ("c2", "weather", {"city": "Rome"}))
        )
        await caller.say(gemini.cancellation("c1"))
        await caller.next("toolResponse")
        await caller.say(gemini.speech(spoken("sunny")), COMPLETE)

    async with (
        gemini_server(behave) as server,
        model_at(server, tool_handlers={"weather": look_up}) as adapter,
    ):
        await say(adapter)
        assert await understand(adapter) == "sunny"
        (sent,) = [frame["toolResponse"] for frame in server.caller.frames if "toolResponse" in frame]
    assert sent == {"functionResponses": [{"id": "c2", "name": "weather", "response": {"output": "Rome"}}]}


async def test_a_call_without_a_handler_ends_the_turn_and_the_script_answers_it():
    async with gemini_server(one_call()) as server:
        script = [
            scenario.user("how is the weather"),
            scenario.agent(),
            scenario.message({"role": "tool", "tool_call_id": "c1", "content": '{"sky": "rain"}'}),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run(model_at(server), script)
        (sent,) = [frame["toolResponse"] for frame in server.caller.frames if "toolResponse" in frame]
        assert "clientContent" not in server.caller.kinds()
        server.check_sent()
    assert sent == {"functionResponses": [{"id": "c1", "name": "weather", "response": {"sky": "rain"}}]}
    roles = [message["role"] for message in result.messages]
    assert roles == ["user", "assistant", "assistant", "tool", "assistant"]


async def test_a_result_that_nobody_waits_for_is_not_sent():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(CALL)
        await caller.next("realtimeInput.activityStart")
        await caller.say(gemini.cancellation("c1"))

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        assert await hear(adapter) == b""
        await adapter.send_tool_result("unknown", "1")
        await adapter.begin_user_turn()
        await asyncio.sleep(0.2)
        await adapter.send_tool_result("c1", "1")
        await adapter.end_user_turn()
        await until(lambda: server.caller.kinds()[-1] == "realtimeInput.activityEnd")
        assert "toolResponse" not in server.caller.kinds()
        assert await nothing_more(adapter)
