"""Turns that the server detects: real time, silence that goes on, and nothing committed by us."""

from __future__ import annotations

import asyncio
import base64
import time

import pytest

import scenario
from scenario.voice import AudioChunk, VoiceTransportError
from tests.transports.bare import Notices
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.listening import Listener, speak
from tests.transports.contract.running import run
from tests.transports.openai.talking import model_at, speech
from tests.transports.peers.openai_realtime import realtime_server, says
from tests.transports.rigs.openai_realtime import OpenAIRealtimeRig

VAD = {"type": "server_vad"}


def test_each_way_of_taking_turns_tells_the_truth_about_itself():
    class Nowhere:
        url = "ws://127.0.0.1:9"

    by_hand, by_server = model_at(Nowhere), model_at(Nowhere, turn_detection={"type": "semantic_vad"})
    for adapter, manual in ((by_hand, True), (by_server, False)):
        assert adapter.waits_for_turn_end is adapter.supports_virtual_clock is manual
        assert adapter.paced is adapter.continuous is adapter.capabilities.native_vad is not manual
        assert adapter.turn_end == "explicit"
        assert adapter.capabilities.interruption
        assert adapter.capabilities.streaming_transcripts


async def test_audio_leaves_at_the_speed_of_speech_silence_follows_and_nothing_is_committed():
    words = speech("one two three four five")
    async with realtime_server() as server, model_at(server, turn_detection=VAD) as adapter:
        assert server.last.session["audio"]["input"]["turn_detection"] == VAD
        began = time.monotonic()
        await adapter.begin_user_turn()
        await adapter.send_audio(words)
        assert time.monotonic() - began > words.duration_seconds - 0.1
        await adapter.end_user_turn()
        await asyncio.sleep(0.5)
        appended = [
            base64.b64decode(frame["audio"]) for frame in server.last.sent("input_audio_buffer.append")
        ]
        assert {len(piece) for piece in appended} == {960}
        sent = b"".join(appended)
        at = sent.index(words.data[:4800])
        assert sent[at:].startswith(words.data)
        after = sent[at + len(words.data) :]
        assert len(after) > 4800
        assert not any(after)
        assert {frame["type"] for frame in server.last.frames} == {
            "session.update",
            "input_audio_buffer.append",
        }


async def test_an_agent_turn_without_user_audio_is_asked_for():
    async with realtime_server(says("welcome")) as server, model_at(server, turn_detection=VAD) as adapter:
        await adapter.notify_agent_turn()
        async with Listener(adapter) as listener:
            await listener.until_text("welcome")
        assert len(server.last.sent("response.create")) == 1


async def test_a_request_that_comes_when_the_server_answers_already_is_no_error():
    async with realtime_server(says("once")) as server, model_at(server, turn_detection=VAD) as adapter:
        connection = server.last
        connection.response = object()  # the server has begun to answer, and we do not know yet
        await adapter.notify_agent_turn()
        await asyncio.sleep(0.1)
        assert connection.errors == ["conversation_already_has_active_response"]
        await connection.respond({})
        async with Listener(adapter) as listener:
            await listener.until_text("once")


async def test_speech_of_the_user_stops_the_agent_and_the_model_knows_what_was_heard():
    long = " ".join(["a very long answer to a very short question"] * 4)
    rig = OpenAIRealtimeRig("vad", turns=True)
    async with rig.peer(Plan(answers=[Say(long), Say("yes")])) as peer, peer.adapter() as adapter:
        adapter._scenario_line = line = Notices()
        async with Listener(adapter) as listener:
            await speak(adapter, "tell me")
            async with asyncio.timeout(5):
                await peer.agents[-1].speaking.wait()
            await asyncio.sleep(1)
            before = len(listener.audio)
            await speak(adapter, "wait")
            async with asyncio.timeout(5):
                while listener.turn_ends < 2:  # noqa: ASYNC110  # the listener has no event for it
                    await asyncio.sleep(0.02)
        edges = [facts["edge"] for kind, facts in line.notices if kind == "transport_speech"]
        assert edges == ["start", "end", "start", "end"]
        connection = peer.server.last
        assert connection.sent("response.cancel") == [], "the server has stopped by itself"
        ((item, heard_ms),) = connection.truncated.items()
        assert before // 48 <= heard_ms <= connection.audio[item] // 48
        assert connection.errors == []


async def test_a_whole_run_in_real_time():
    rig = OpenAIRealtimeRig("vad", turns=True)
    async with rig.peer(Plan(opening=Say("welcome", after=0.2), answers=[Say("yes", after=0.6)])) as peer:
        script = [scenario.agent(), scenario.user("hello"), scenario.agent(), scenario.succeed()]
        began = time.monotonic()
        result = await run(peer, peer.adapter(), script)
        assert time.monotonic() - began > result.audio.duration - 0.1, "the server keeps its own time"
        assert peer.server.last.sent("input_audio_buffer.commit") == []
        assert [event.type for event in result.timeline].count("transport_speech") == 2
    assert [segment.speaker for segment in result.audio.segments] == ["agent", "user", "agent"]


async def test_a_connection_that_is_lost_is_known_to_those_who_speak():
    async with realtime_server() as server, model_at(server, turn_detection=VAD) as adapter:
        await server.last.socket.close(1011, "gone")
        await asyncio.sleep(0.2)
        began = time.monotonic()
        with pytest.raises(VoiceTransportError, match="gone"):
            await adapter.send_audio(AudioChunk(bytes(48_000)))
        assert time.monotonic() - began < 1.5
