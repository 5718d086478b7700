"""Texts, ends of turns, interruptions and tools."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.elevenlabs.talking import talking

if TYPE_CHECKING:
    from scenario.voice import AudioChunk

_SECOND = tone(440, 1.0)


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def received(adapter, count: int) -> list[AudioChunk]:
    return [await adapter.recv_audio(5) for _ in range(count)]


async def test_a_turn_ends_by_a_gap_until_the_service_says_that_a_response_is_complete():
    async with talking() as (adapter, session, _):
        assert adapter.turn_end == "gap"
        await session.say(_SECOND, 1)
        await session.complete()
        audio, end = await received(adapter, 2)
        assert (audio.data, end.data) == (_SECOND, b"")
        assert adapter.turn_end == "explicit"
        await session.complete()
        await session.say(_SECOND, 2)
        await session.complete(2)
        audio, end = await received(adapter, 2)
        assert (audio.data, end.data) == (_SECOND, b""), "an end of nothing is none"
        await adapter.disconnect()
        await adapter.connect()
        assert adapter.turn_end == "gap", "another conversation, another beginning"


async def test_the_end_of_an_earlier_turn_that_comes_late_does_not_end_this_one():
    async with talking() as (adapter, session, _), Listener(adapter) as listener:
        await session.say(_SECOND, 3)
        await session.complete(3)
        await session.say(_SECOND, 7)
        await session.complete(3)
        await session.say(_SECOND, 8)
        await until(lambda: len(listener.audio) == 3 * len(_SECOND))
        assert listener.turn_ends == 1
        await session.complete(8)
        await until(lambda: listener.turn_ends == 2)


async def test_the_last_audio_of_one_response_is_not_the_end_of_a_turn_that_goes_on_after_a_tool():
    async with talking() as (adapter, session, _):
        async with Listener(adapter) as listener:
            await session.say(_SECOND, 1)
            await session.audio(b"", 1, is_final=True)
            await session.say(_SECOND, 2)
            await session.complete(2)
            await until(lambda: listener.turn_ends)
        assert (bytes(listener.audio), listener.turn_ends) == (2 * _SECOND, 1)


async def test_the_response_is_the_text_of_the_turn_and_a_correction_replaces_it():
    async with talking() as (adapter, session, _):
        await session.respond("Good morning to you. ")
        await session.say(_SECOND, 1)
        await session.complete()
        await received(adapter, 2)
        assert adapter.last_agent_transcript == adapter.streaming_transcript == "Good morning to you."
        correction = {"original_agent_response": "x", "corrected_agent_response": "Good morning"}
        await session.send("agent_response_correction", agent_response_correction_event=correction)
        await until(lambda: adapter.last_agent_transcript == "Good morning")
        assert adapter.streaming_transcript == "Good morning"


async def test_responses_of_one_turn_are_put_together_and_those_of_the_next_are_not():
    async with talking() as (adapter, session, _):
        await session.respond("One moment.")
        await session.say(_SECOND, 1)
        await session.respond("It is noon.", 2)
        await session.say(_SECOND, 2)
        await session.complete(2)
        await received(adapter, 3)
        assert adapter.last_agent_transcript == "One moment. It is noon."
        await session.respond("Anything else?", 3)
        await until(lambda: adapter.last_agent_transcript == "Anything else?")


async def test_aligned_words_become_text_when_their_audio_is_handed_on():
    async with talking() as (adapter, session, _):
        await session.respond("one two three")
        await session.say(_SECOND, 1, "one two three")
        first = await adapter.recv_audio(5)
        assert (first.transcript, adapter.streaming_transcript) == ("one", "one")
        assert first.duration_seconds == pytest.approx(0.15, abs=0.01), "50 ms a letter"
        rest = await received(adapter, 2)
        assert adapter.streaming_transcript == "one two three"
        assert b"".join(chunk.data for chunk in (first, *rest)) == _SECOND


async def test_what_the_service_understood_of_the_user():
    async with talking() as (adapter, session, _):
        event = {"user_transcript": " what time is it ", "event_id": 3}
        await session.send("user_transcript", user_transcription_event=event)
        await until(lambda: adapter.last_user_transcript == "what time is it")
        assert adapter.line.notices == [("transport_speech", {"source": "transport", "edge": "end"})]


async def test_an_interruption_ends_the_turn_and_nothing_late_of_it_is_heard():
    async with talking() as (adapter, session, _):
        async with Listener(adapter) as listener:
            await session.say(_SECOND, 4)
            await until(lambda: listener.audio)
            await session.interrupt(5)
            await until(lambda: listener.turn_ends == 1)
            await session.say(tone(550, 0.5), 5)
            await session.respond("I was going to say", 5)
            await session.complete(5)
            await session.say(tone(660, 0.5), 6)
            await session.complete(6)
            await until(lambda: listener.turn_ends == 2)
        assert bytes(listener.audio) == _SECOND + tone(660, 0.5)
        assert adapter.line.drops == 1
        assert adapter.last_agent_transcript is None


async def test_audio_that_nobody_has_taken_is_dropped_by_an_interruption():
    async with talking() as (adapter, session, _):
        await session.say(_SECOND, 1)
        await session.interrupt(1)
        assert (await adapter.recv_audio(5)).data == b""
        with pytest.raises(TimeoutError):
            await adapter.recv_audio(0.1)


async def test_client_tools_are_run_and_answered_and_the_run_is_told():
    async def weather(city, days=1):
        await asyncio.sleep(0)
        return {"city": city, "days": days}

    async with talking(tool_handlers={"weather": weather}) as (adapter, session, _):
        await session.call_tool("weather", "c1", city="Rome")
        await session.call_tool("weather", "c2", town="Rome")
        await session.call_tool("unheard_of", "c3")
        await session.until("client_tool_result", 3)
        results = {event["tool_call_id"]: event for event in session.events if "tool_call_id" in event}
        assert json.loads(results["c1"]["result"]) == {"city": "Rome", "days": 1}
        assert [results[name]["is_error"] for name in ("c1", "c2", "c3")] == [False, True, True]
        assert "TypeError" in results["c2"]["result"]
        assert results["c3"]["result"] == "this client has no tool 'unheard_of'"
        told = [entry for entry in adapter.line.tools if entry[-1] == "c1"]
        assert told == [
            ("call", "weather", '{"city": "Rome"}', "c1"),
            ("result", "weather", '{"city": "Rome", "days": 1}', "c1"),
        ]


async def test_a_slow_tool_keeps_nobody_waiting_and_ends_with_the_connection():
    cancelled = asyncio.Event()

    async def slow():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with talking(tool_handlers={"slow": slow}) as (adapter, session, _):
        await session.call_tool("slow", "c1")
        await session.ping(1)
        await session.until("pong")
        await session.say(_SECOND, 1)
        assert (await adapter.recv_audio(5)).data == _SECOND
    assert cancelled.is_set()


async def test_tools_that_the_service_runs_itself_are_on_the_timeline_too():
    response = {"tool_name": "lookup", "tool_call_id": "s1", "tool_type": "webhook", "is_error": False}
    async with talking() as (adapter, session, _):
        await session.send("agent_tool_response", agent_tool_response={**response, "result_value": "42"})
        await session.send("agent_tool_response", agent_tool_response={**response, "tool_call_id": "s2"})
        await until(lambda: len(adapter.line.tools) == 4)
        assert adapter.line.tools == [
            ("call", "lookup", "{}", "s1"),
            ("result", "lookup", "42", "s1"),
            ("call", "lookup", "{}", "s2"),
            ("result", "lookup", "done", "s2"),
        ]


async def test_events_that_mean_nothing_here_are_left_alone_and_said_once(caplog):
    caplog.set_level("DEBUG", "scenario.voice")
    async with talking() as (adapter, session, _):
        for _ in range(2):
            await session.send("vad_score", vad_score_event={"vad_score": 0.9})
            await session.connection.send(b"no JSON")
        await session.send("internal_tentative_agent_response", event=7)
        for facts in ({}, {"audio_event": None}, {"audio_event": {"event_id": "soon"}}):
            await session.send("audio", **facts)
        await session.connection.send('{"no": "type"}')
        await session.send("error", error_event={"code": 1011, "reason": "SECRET-elevenlabs-key is odd"})
        await session.say(_SECOND, 1)
        assert (await adapter.recv_audio(5)).data == _SECOND
        assert adapter.line.notices[-1] == (
            "transport_error",
            {"adapter": "ElevenLabsAgentAdapter", "error": "1011 *** is odd"},
        )
    said = [record.getMessage() for record in caplog.records if "ignored" in record.getMessage()]
    assert [line.partition("ignored ")[2] for line in said] == [
        "events 'vad_score' of the peer",
        "binary frames of the peer",
        "events 'internal_tentative_agent_response' of the peer",
        "events '' of the peer",
    ]
