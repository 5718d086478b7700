"""Stopping the model: what it still sends of the stopped response is never heard."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import GeminiLiveAgentAdapter, UnsupportedCapabilityError
from tests.transports.gemini.talking import hear, listened, model_at, nothing_more, say, spoken, understand
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, INTERRUPTED, gemini_server


async def test_an_interruption_sends_nothing_ends_the_turn_at_once_and_drops_what_still_comes():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("a very long answer")), gemini.words("a very long answer"))
        await caller.next("realtimeInput.activityStart")
        await caller.say(gemini.speech(spoken("late")), gemini.words(" late"), INTERRUPTED, COMPLETE)
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("fine")), gemini.words("fine"), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        assert (await adapter.recv_audio(5)).data == spoken("a very long answer")
        sent = len(server.caller.frames)
        assert await adapter.interrupt() is True
        assert (await adapter.recv_audio(0.1)).data == b""
        assert len(server.caller.frames) == sent
        await say(adapter)
        assert await understand(adapter) == "fine"
        assert adapter.streaming_transcript == "fine"
        assert await nothing_more(adapter)


async def test_a_model_that_is_stopped_before_its_first_word_says_none_of_it():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.next("realtimeInput.activityStart")
        await caller.say(gemini.speech(spoken("too late")), INTERRUPTED, COMPLETE)
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("fine")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        await adapter.interrupt()
        await adapter.begin_user_turn()
        await asyncio.sleep(0.2)  # the user speaks
        await adapter.end_user_turn()
        assert await understand(adapter) == "fine"
        assert await nothing_more(adapter)


async def test_a_model_that_was_stopped_before_it_had_begun_need_not_say_so():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("fine")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        await adapter.interrupt()
        await say(adapter)
        assert await understand(adapter) == "fine"


async def test_a_server_that_never_ends_the_stopped_response_is_heard_again_after_two_seconds():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("a very long answer")))
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("stale")))
        await asyncio.sleep(2.2)
        await caller.say(gemini.speech(spoken("fine")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        await adapter.recv_audio(5)
        await adapter.interrupt()
        assert await hear(adapter) == b""
        await say(adapter)
        assert await understand(adapter) == "fine"


async def test_interrupting_a_model_that_has_spoken_does_nothing():
    async def behave(caller):
        for text in ("one", "two"):
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.speech(spoken(text)), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        for text in ("one", "two"):
            await say(adapter)
            assert await understand(adapter) == text
            assert await adapter.interrupt() is True
            assert await nothing_more(adapter, 0.1)


async def test_a_model_that_stops_by_itself_drops_what_has_not_been_played_and_ends_once():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("hear me out")))
        await caller.next("realtimeInput.activityStart")
        await caller.say(INTERRUPTED, COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        line = listened(adapter)
        await say(adapter)
        await adapter.recv_audio(5)
        await adapter.begin_user_turn()
        assert await hear(adapter) == b""
        assert line.drops == 1
        assert await nothing_more(adapter)


async def test_where_the_server_listens_only_speaking_stops_the_model():
    adapter = GeminiLiveAgentAdapter(api_key="SECRET-key", activity="auto")
    assert not adapter.capabilities.interruption
    with pytest.raises(UnsupportedCapabilityError, match="speak over"):
        await adapter.interrupt()
