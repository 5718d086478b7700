"""The provider's own client and types against the same server: neither we nor the peer invent anything."""

from __future__ import annotations

import asyncio
import base64

import pytest
from openai import AsyncOpenAI
from pydantic import ValidationError

from scenario import AgentRole
from scenario.voice.adapters._openai import client_events
from scenario.voice.adapters._openai.answer import Cut
from scenario.voice.testing.offline_speech import OfflineSTT
from tests.transports.openai.talking import hear, model_at, say, speech
from tests.transports.peers.official_openai import CLIENT, SERVER, check_client_frame, server_event
from tests.transports.peers.openai_realtime import realtime_server, says

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
VAD = {"type": "server_vad", "threshold": 0.5, "create_response": True}


def every_frame(protocol):
    session = {"voice": "alloy", "instructions": "Be brief.", "tools": [TOOL]}
    return [
        client_events.session_update(
            protocol, **session, turn_detection=VAD, transcription_model="whisper-1"
        ),
        client_events.session_update(protocol, **session, turn_detection=None, transcription_model=None),
        *client_events.append_audio(bytes(96_000)),
        client_events.commit_audio(),
        client_events.create_response(),
        client_events.create_response(client_events.spoken_text(protocol, "hello")),
        client_events.cancel_response("resp_1", "stop_1"),
        client_events.truncate_item(Cut("item_1", 0, 1200), "stop_2"),
        client_events.user_text("hello"),
        client_events.tool_output("call_1", "done"),
    ]


@pytest.mark.parametrize("protocol", ["ga", "beta"])
def test_every_frame_is_what_the_provider_publishes_and_has_no_other_key(protocol):
    for frame in every_frame(protocol):
        check_client_frame(frame, beta=protocol == "beta")


def test_the_judge_of_frames_sees_what_the_types_alone_let_pass():
    frame = client_events.session_update(
        "ga", voice="alloy", instructions="", tools=[], turn_detection=None, transcription_model=None
    )
    check_client_frame(frame)
    frame["session"]["audio"]["output"]["pitch"] = 2
    CLIENT[False]["session.update"].model_validate(frame)
    with pytest.raises(AssertionError, match=r"session\.audio\.output\.pitch"):
        check_client_frame(frame)
    with pytest.raises(AssertionError, match="no published event"):
        check_client_frame({"type": "response.stop"})


def test_a_session_of_one_protocol_is_none_of_the_other():
    frames = {protocol: every_frame(protocol)[0] for protocol in ("ga", "beta")}
    with pytest.raises(ValidationError):
        check_client_frame(frames["beta"])
    with pytest.raises(AssertionError, match="undeclared"):
        check_client_frame(frames["ga"], beta=True)


def test_the_server_cannot_say_what_is_not_published():
    with pytest.raises(ValidationError):
        server_event("response.output_audio.delta", delta="")
    with pytest.raises(AssertionError, match="undeclared"):
        server_event("input_audio_buffer.speech_started", audio_start_ms=1, item_id="x", volume=3)


def test_the_names_that_we_read_are_published():
    read = {
        "session.updated",
        "response.created",
        "response.output_audio.delta",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.output_text.delta",
        "response.output_text.done",
        "response.output_item.added",
        "response.output_item.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.done",
        "conversation.item.input_audio_transcription.completed",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "error",
    }
    assert read <= set(SERVER[False])
    from scenario.voice.adapters._openai.server_events import _BETA_NAMES

    assert set(_BETA_NAMES) <= set(SERVER[True])
    assert set(_BETA_NAMES.values()) <= set(SERVER[False])


async def test_the_official_client_talks_to_the_same_server_in_the_same_words():
    async with realtime_server(says("good day")) as server:
        client = AsyncOpenAI(api_key="SECRET-key", base_url=server.url.replace("ws://", "http://"))
        audio, kinds = b"", []
        async with (
            asyncio.timeout(20),
            client,
            client.realtime.connect(model="gpt-realtime-mini") as connection,
        ):
            settings = every_frame("ga")[1]["session"]
            await connection.session.update(session=settings)
            await connection.input_audio_buffer.append(audio=base64.b64encode(speech("hello").data).decode())
            await connection.input_audio_buffer.commit()
            await connection.response.create()
            async for event in connection:
                kinds.append(event.type)
                if event.type == "response.output_audio.delta":
                    audio += base64.b64decode(event.delta)
                if event.type == "response.done":
                    break
        assert OfflineSTT().hear(audio) == "good day"
        assert kinds[:2] == ["session.created", "session.updated"]
        theirs = server.last.frames
        async with model_at(
            server, instructions="Be brief.", tools=[TOOL], transcription_model=None
        ) as adapter:
            await say(adapter, speech("hello"))
            await asyncio.sleep(0.1)
        ours = server.last.frames
        assert server.requests[0].path == server.requests[1].path
        header = "Authorization"
        assert server.requests[0].headers[header] == server.requests[1].headers[header]
    assert ours == theirs


async def test_a_conversation_in_the_older_protocol_is_valid_in_it():
    async with realtime_server(says("one"), says("two")) as server:
        async with model_at(server, protocol="beta", role=AgentRole.AGENT) as adapter:
            await say(adapter)
            await adapter.recv_audio(5)
            await adapter.interrupt()
            await hear(adapter)
            await adapter.send_text("hello")
            assert OfflineSTT().hear(await hear(adapter)) == "two"
        assert server.last.beta
        assert len(server.last.frames) >= 6
