"""Turns that are committed by hand: when an answer is asked for, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time

import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice import AudioChunk, OpenAIRealtimeAgentAdapter, VoiceTransportError, silent_chunk
from tests.transports.openai.talking import hear, model_at, run, say, speech, texts, understand
from tests.transports.peers.openai_realtime import realtime_server, says
from tests.transports.peers.sockets import websocket_peer


async def test_a_turn_of_many_chunks_is_committed_once_and_answered_once():
    words = speech("please repeat what I say")
    half = len(words.data) // 4 * 2
    async with realtime_server(says("gladly")) as server, model_at(server) as adapter:
        await say(adapter, AudioChunk(words.data[:half]), AudioChunk(words.data[half:]))
        assert await understand(adapter) == "gladly"
        assert server.last.turns == ["please repeat what I say"]
        assert len(server.last.sent("input_audio_buffer.commit")) == 1
        assert server.last.sent("response.create") == [{"type": "response.create"}]
        assert adapter.last_user_transcript == "please repeat what I say"
        assert adapter.last_agent_transcript == "gladly"


async def test_audio_is_sent_in_pieces_of_at_most_a_second():
    async with realtime_server(says("yes")) as server, model_at(server) as adapter:
        await say(adapter, silent_chunk(2.5))
        await hear(adapter)
        sizes = [
            len(base64.b64decode(frame["audio"])) for frame in server.last.sent("input_audio_buffer.append")
        ]
    assert sizes == [48000, 48000, 24000]


@pytest.mark.parametrize("milliseconds", [0, 1, 99, 100])
async def test_less_than_100_ms_is_filled_up_with_silence(milliseconds):
    async with realtime_server(says("yes")) as server, model_at(server) as adapter:
        await say(adapter, AudioChunk(b"\1\0" * 24 * milliseconds))
        await hear(adapter)
        appended = [
            base64.b64decode(frame["audio"]) for frame in server.last.sent("input_audio_buffer.append")
        ]
        assert server.last.errors == []
    assert b"".join(appended) == (b"\1\0" * 24 * milliseconds).ljust(4800, b"\0")


async def test_the_final_text_replaces_the_deltas():
    async def act(response) -> None:
        await response.speak(b"\1\0" * 2400, "He")
        await response.speak(b"\1\0" * 2400, "lo")
        await response.close_item("Hello.")

    async with realtime_server(act) as server, model_at(server) as adapter:
        await say(adapter)
        seen = []
        while (await adapter.recv_audio(5)).data:
            seen.append(adapter.streaming_transcript)
        assert seen == ["He", "Helo"]
        assert adapter.streaming_transcript == adapter.last_agent_transcript == "Hello."


async def test_an_answer_that_comes_faster_than_speech_is_heard_at_the_speed_of_speech():
    answer = " ".join(["this is a long answer to a short question"] * 3)
    async with realtime_server(says(answer), says("and a short one")) as server:
        adapter = model_at(server)
        began = time.monotonic()
        script = [scenario.user("hello"), scenario.agent(), scenario.user("go on"), scenario.agent()]
        result = await run([adapter], [*script, scenario.succeed()])
        elapsed = time.monotonic() - began
    agent = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert agent[0].end_time - agent[0].start_time == pytest.approx(speech(answer).duration_seconds, abs=0.1)
    assert texts(result.messages, "assistant") == [answer, "and a short one"]
    assert [segment.transcript for segment in agent] == [answer, "and a short one"]
    assert elapsed < result.audio.duration / 2, "the virtual clock saves the time of speaking"


async def test_the_agent_speaks_without_being_spoken_to():
    async with realtime_server(says("welcome"), says("are you there")) as server:
        result = await run([model_at(server)], [scenario.agent(), scenario.agent(), scenario.succeed()])
        assert server.last.sent("input_audio_buffer.commit") == []
        assert len(server.last.sent("response.create")) == 2
    assert texts(result.messages, "assistant") == ["welcome", "are you there"]


async def test_an_agent_that_speaks_first_is_asked_once_when_the_run_listens():
    async with realtime_server(says("welcome"), says("fine")) as server:
        script = [scenario.agent(), scenario.user("hello"), scenario.agent(), scenario.succeed()]
        result = await run([model_at(server, speaks_first=True)], script)
        assert len(server.last.sent("response.create")) == 2
    assert texts(result.messages, "assistant") == ["welcome", "fine"]


async def test_an_agent_that_speaks_first_needs_no_turn_for_it():
    async with realtime_server(says("welcome")) as server:
        adapter = model_at(server, speaks_first=True)
        result = await run([adapter], [scenario.silence(3), scenario.succeed()])
        assert len(server.last.sent("response.create")) == 1
    assert [event.type for event in result.timeline if event.type.startswith("agent")] == [
        "agent_start_speaking",
        "agent_stop_speaking",
    ]


async def test_text_becomes_a_message_of_the_user():
    async with realtime_server(says("you wrote")) as server, model_at(server) as adapter:
        await adapter.send_text("hello in writing")
        assert await understand(adapter) == "you wrote"
        assert server.last.turns == ["hello in writing"]


async def test_an_answer_in_text_alone_is_a_message_of_text():
    async def act(response) -> None:
        where = {"item_id": "item_text", "content_index": 0}
        await response.tell("response.output_text.delta", delta="in writing", **where)
        await response.tell("response.output_text.done", text="In writing.", **where)

    async with realtime_server(act) as server:
        result = await run([model_at(server)], [scenario.user("hello"), scenario.agent(), scenario.succeed()])
    assert (result.messages[-1]["role"], result.messages[-1]["content"]) == ("assistant", "In writing.")


async def test_a_response_that_failed_is_raised_with_the_servers_words():
    async def act(response) -> None:
        failure = {"type": "server_error", "code": "overloaded", "message": "too many tokens"}
        await response.finish("failed", error=failure)

    async with realtime_server(act, says("better")) as server:
        with pytest.raises(AgentCallError, match="too many tokens") as caught:
            await run([model_at(server)], [scenario.user("hello"), scenario.agent()])
        cause = caught.value.__cause__
        assert isinstance(cause, VoiceTransportError)
        assert (cause.code, cause.fault) == ("overloaded", "peer")
        events = [event for event in caught.value.voice_recording.timeline if event.type == "transport_error"]
        assert len(events) == 1


@pytest.mark.parametrize("reason", ["content_filter", "max_output_tokens"])
async def test_an_incomplete_response_is_noted_and_ends_the_turn(reason):
    async def act(response) -> None:
        await response.speak(speech("I must not").data, "I must not")
        await response.finish("incomplete", reason=reason)

    async with realtime_server(act) as server:
        result = await run([model_at(server)], [scenario.user("hello"), scenario.agent(), scenario.succeed()])
    assert texts(result.messages, "assistant") == ["I must not"]
    (event,) = [event for event in result.timeline if event.type == "transport_error"]
    assert reason in event.metadata["error"]


async def test_an_error_of_the_server_is_raised_and_the_next_turn_is_clean():
    async def act(response) -> None:
        await response.speak(b"\1\0" * 2400)
        await response.connection.refuse({}, "rate_limit_exceeded", "slow down")
        await response.speak(b"\1\0" * 2400)

    async with realtime_server(act, says("clean")) as server, model_at(server) as adapter:
        await say(adapter)
        with pytest.raises(VoiceTransportError, match="slow down") as caught:
            await hear(adapter)
        assert caught.value.code == "rate_limit_exceeded"
        await say(adapter)
        assert await understand(adapter) == "clean"


async def test_a_connection_that_ends_in_the_middle_of_a_turn_is_known_at_once():
    async def act(response) -> None:
        await response.speak(b"\1\0" * 2400, "I am")
        await response.connection.socket.close(1011, "the server gives up")

    async with realtime_server(act) as server, model_at(server) as adapter:
        await say(adapter)
        began = time.monotonic()
        with pytest.raises(VoiceTransportError, match="the server gives up") as caught:
            await hear(adapter)
        assert time.monotonic() - began < 1.5
        assert caught.value.code == 1011
        for call in (adapter.end_user_turn(), adapter.notify_agent_turn(), adapter.recv_audio(1)):
            with pytest.raises(VoiceTransportError):
                await call
        await adapter.connect()
        assert len(server.connections) == 2, "it can be connected again"


async def test_what_is_not_known_is_not_an_error_and_told_once(caplog):
    async def act(response) -> None:
        for _ in range(2):
            await response.connection.socket.send(json.dumps({"type": "response.news", "event_id": "x"}))
            await response.connection.socket.send(b"binary")
        await response.say("still here")

    caplog.set_level(logging.DEBUG, logger="scenario.voice")
    async with realtime_server(act) as server, model_at(server) as adapter:
        await say(adapter)
        assert await understand(adapter) == "still here"
    told = [record.getMessage() for record in caplog.records if "not used" in record.getMessage()]
    assert sum("response.news" in text for text in told) == 1
    assert sum("binary" in text for text in told) == 1


async def test_a_server_that_announces_no_responses_is_understood_too():
    async def handler(socket) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "session.updated"}))
        async for frame in socket:
            if json.loads(frame)["type"] == "response.create":
                delta = base64.b64encode(speech("plain").data).decode()
                await socket.send(json.dumps({"type": "response.output_audio.delta", "delta": delta}))
                await socket.send(json.dumps({"type": "response.done", "response": {"status": "completed"}}))

    async with (
        websocket_peer(handler) as url,
        OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=url) as adapter,
    ):
        for _ in range(2):
            await say(adapter)
            assert await asyncio.wait_for(understand(adapter), 5) == "plain"
