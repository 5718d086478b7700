"""Against Google's own SDK: it opens the session that we open, and the server that serves us serves it."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest
import trustme
from google import genai
from google.genai import types

from tests.transports.gemini.talking import MODEL, hear, model_at, say, spoken, until
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, GENERATED, gemini_server

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False}
FUNCTION = {"name": "weather", "description": "Tells the weather.", "parameters": PARAMETERS}


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """A server's TLS with a certificate that both clients trust, as they would one of a public authority."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"):
        monkeypatch.delenv(name, raising=False)
    return context


def official_client(url: str) -> genai.Client:
    base_url = url.replace("wss://", "https://")
    return genai.Client(api_key="SECRET-key", http_options=types.HttpOptions(base_url=base_url))


def official_config(**settings: Any) -> types.LiveConnectConfig:
    voice = types.PrebuiltVoiceConfig(voice_name="Algieba")
    return types.LiveConnectConfig(
        response_modalities=[types.Modality.AUDIO],
        speech_config=types.SpeechConfig(voice_config=types.VoiceConfig(prebuilt_voice_config=voice)),
        input_audio_transcription=types.AudioTranscriptionConfig(),
        output_audio_transcription=types.AudioTranscriptionConfig(),
        **{"session_resumption": types.SessionResumptionConfig(), **settings},
    )


BY_HAND = types.RealtimeInputConfig(
    automatic_activity_detection=types.AutomaticActivityDetection(disabled=True)
)
SYSTEM = "Be brief."


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {"realtime_input_config": BY_HAND}),
        ({"activity": "auto"}, {}),
        (
            {"system_instruction": SYSTEM},
            {
                "realtime_input_config": BY_HAND,
                "system_instruction": types.Content(parts=[types.Part(text=SYSTEM)]),
            },
        ),
        (
            {"activity": "auto", "tools": [{"type": "function", "function": FUNCTION}, {"googleSearch": {}}]},
            {
                "tools": [
                    types.Tool(
                        function_declarations=[
                            types.FunctionDeclaration(
                                name="weather",
                                description="Tells the weather.",
                                parameters_json_schema=PARAMETERS,
                            )
                        ]
                    ),
                    types.Tool(google_search=types.GoogleSearch()),
                ]
            },
        ),
    ],
    ids=["manual", "auto", "system instruction", "tools"],
)
async def test_the_session_is_opened_as_the_sdk_opens_it(tls, ours, theirs):
    async with gemini_server(tls=tls) as server:
        async with official_client(server.url).aio.live.connect(
            model=MODEL, config=official_config(**theirs)
        ):
            pass
        async with model_at(server, **ours):
            pass
    official, own = server.callers
    assert own.setup == official.setup
    assert own.path == official.path
    assert own.headers["x-goog-api-key"] == official.headers["x-goog-api-key"] == "SECRET-key"
    assert "SECRET" not in own.path


async def test_a_session_that_goes_on_is_opened_as_the_sdk_opens_it(tls):
    async def behave(caller):
        if "handle" not in caller.setup["setup"]["sessionResumption"]:
            await caller.say(gemini.resumable("handle-1"), gemini.go_away(30))

    async with gemini_server(behave, tls=tls) as server:
        async with model_at(server):
            await until(lambda: len(server.callers) == 2)
        config = official_config(
            realtime_input_config=BY_HAND,
            session_resumption=types.SessionResumptionConfig(handle="handle-1"),
        )
        async with official_client(server.url).aio.live.connect(model=MODEL, config=config):
            pass
    assert server.callers[1].setup == server.callers[2].setup


def decoded(frames: list[dict[str, Any]]) -> list[Any]:
    """Return frames with their audio as bytes: the SDK writes base64 in the alphabet of URLs."""
    return [types.LiveClientMessage.model_validate(frame) for frame in frames]


async def test_a_turn_is_sent_and_received_as_the_sdk_does(tls):
    audio = spoken("yes")

    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.user_words("hello"), gemini.speech(audio), gemini.words("yes"))
        await caller.say(GENERATED, COMPLETE)

    async with gemini_server(behave, tls=tls) as server:
        async with model_at(server) as adapter:
            await say(adapter)
            assert await hear(adapter) == audio
        config = official_config(realtime_input_config=BY_HAND)
        async with official_client(server.url).aio.live.connect(model=MODEL, config=config) as session:
            await session.send_realtime_input(activity_start=types.ActivityStart())
            for frame in decoded(server.callers[0].frames)[1:-1]:
                await session.send_realtime_input(audio=frame.realtime_input.audio)
            await session.send_realtime_input(activity_end=types.ActivityEnd())
            async with asyncio.timeout(10):
                heard = b"".join([message.data or b"" async for message in session.receive()])
        assert heard == audio
    own, official = server.callers
    assert len(own.frames) > 2
    assert decoded(own.frames) == decoded(official.frames)
    assert [frame.keys() for frame in own.frames] == [frame.keys() for frame in official.frames]


async def test_other_frames_are_sent_as_the_sdk_sends_them(tls):
    async def behave(caller):
        await caller.next("clientContent")
        await caller.say(gemini.calls(("c1", "weather", {})), COMPLETE)

    response = types.FunctionResponse(id="c1", name="weather", response={"sky": "rain"})
    async with gemini_server(behave, tls=tls) as server:
        async with model_at(server, tool_handlers={"weather": lambda: {"sky": "rain"}}) as adapter:
            await adapter.notify_agent_turn()
            await until(lambda: "toolResponse" in server.caller.kinds())
            text = server.caller.frames[0]["clientContent"]["turns"][0]["parts"][0]["text"]
        config = official_config(realtime_input_config=BY_HAND)
        async with official_client(server.url).aio.live.connect(model=MODEL, config=config) as session:
            content = types.Content(role="user", parts=[types.Part(text=text)])
            await session.send_client_content(turns=content, turn_complete=True)
            await session.send_tool_response(function_responses=response)
            await until(lambda: len(server.caller.frames) == 2)
        server.check_sent()
    own, official = server.callers
    assert own.frames == official.frames
