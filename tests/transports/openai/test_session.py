"""How a session begins: where it is, who may, what is settled; and what each refusal is called."""

from __future__ import annotations

import json

import pytest

from scenario import AgentRole
from scenario.voice import OpenAIRealtimeAgentAdapter, VoiceTransportError
from scenario.voice.adapters._openai import session as session_module
from tests.transports.openai.talking import hear, model_at, say, understand
from tests.transports.peers.openai_realtime import realtime_server, says
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer, websocket_peer

TOOL = {
    "type": "function",
    "function": {"name": "look_up", "description": "Finds an order.", "parameters": {"type": "object"}},
}


def test_the_address_is_the_providers_and_the_key_is_not_shown():
    adapter = OpenAIRealtimeAgentAdapter(api_key="SECRET-key")
    assert adapter.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime-mini"
    shown = repr(adapter)
    assert shown.startswith("OpenAIRealtimeAgentAdapter(model='gpt-realtime-mini', voice='alloy', role=")
    assert shown.endswith("api_key='***')")
    assert "SECRET" not in shown + repr(vars(adapter))


def test_another_server_must_be_reached_with_tls_unless_it_is_this_machine():
    assert OpenAIRealtimeAgentAdapter(base_url="https://eu.example/v1/").url.startswith(
        "wss://eu.example/v1/realtime?"
    )
    with pytest.raises(ValueError, match="wss://"):
        OpenAIRealtimeAgentAdapter(base_url="ws://eu.example/v1")


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="protocol"):
        OpenAIRealtimeAgentAdapter(protocol="alpha")
    with pytest.raises(ValueError, match="create_response"):
        OpenAIRealtimeAgentAdapter(turn_detection={"type": "server_vad", "create_response": False})


def test_the_environment_names_the_models_that_nobody_named(monkeypatch):
    monkeypatch.setenv("SCENARIO_OPENAI_REALTIME_MODEL", "gpt-realtime-9")
    assert OpenAIRealtimeAgentAdapter().model == "gpt-realtime-9"
    assert OpenAIRealtimeAgentAdapter("gpt-realtime-mini").model == "gpt-realtime-mini"


@pytest.mark.parametrize("given", [None, ""])
async def test_a_missing_key_names_argument_and_variable(monkeypatch, given):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ValueError, match=r"api_key.*OPENAI_API_KEY"):
        await OpenAIRealtimeAgentAdapter(api_key=given).connect()


async def test_the_settings_are_sent_as_they_are_published():
    async with realtime_server() as server:
        adapter = model_at(server, voice="marin", instructions="Be brief.", tools=[TOOL])
        async with adapter, model_at(server, transcription_model=None):
            first, second = server.connections
        assert server.requests[0].path == "/v1/realtime?model=gpt-realtime-mini"
        assert server.requests[0].headers["Authorization"] == "Bearer SECRET-key"
        assert "OpenAI-Beta" not in server.requests[0].headers
    pcm = {"type": "audio/pcm", "rate": 24000}
    assert first.frames == [
        {
            "type": "session.update",
            "session": {
                "type": "realtime",
                "output_modalities": ["audio"],
                "audio": {
                    "input": {
                        "format": pcm,
                        "turn_detection": None,
                        "transcription": {"model": "gpt-4o-transcribe"},
                    },
                    "output": {"format": pcm, "voice": "marin"},
                },
                "instructions": "Be brief.",
                "tools": [{"type": "function", **TOOL["function"]}],
            },
        }
    ]
    assert set(second.session) == {"type", "output_modalities", "audio"}
    assert "transcription" not in second.session["audio"]["input"]


async def test_the_older_protocol_has_its_header_and_a_flat_session(caplog):
    async with realtime_server(says("good day")) as server:
        async with model_at(server, protocol="beta", instructions="Be brief.", tools=[TOOL]) as adapter:
            await say(adapter)
            assert await understand(adapter) == "good day"
            assert adapter.last_agent_transcript == "good day"
        assert server.requests[0].headers["OpenAI-Beta"] == "realtime=v1"
        assert server.last.session == {
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "voice": "alloy",
            "turn_detection": None,
            "input_audio_transcription": {"model": "gpt-4o-transcribe"},
            "instructions": "Be brief.",
            "tools": [{"type": "function", **TOOL["function"]}],
        }
    assert caplog.records == []


async def test_older_names_are_understood_in_any_session_and_each_warns_once(caplog):
    peer = realtime_server(says("one two"), says("three"), old_names=True)
    async with peer as server, model_at(server) as adapter:
        for expected in ("one two", "three"):
            await say(adapter)
            assert await understand(adapter) == expected
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warned) == 3
    for name in ("response.audio.delta", "response.audio_transcript.delta", "response.audio_transcript.done"):
        assert sum(f"'{name}'" in text for text in warned) == 1


async def test_a_new_connection_remembers_nothing():
    async with realtime_server(says("first"), says("second")) as server:
        adapter = model_at(server)
        async with adapter:
            await say(adapter)
            await adapter.recv_audio(5)  # the rest is never received
        assert adapter.last_user_transcript == "hello"
        async with adapter:
            assert adapter.last_user_transcript is None
            assert adapter.last_agent_transcript is None
            assert adapter.streaming_transcript == ""
            await say(adapter)
            assert await understand(adapter) == "second"
        assert len(server.connections) == 2


def failing(*events: dict):
    """Return a server that answers the settings with these events, and then waits."""

    async def handler(connection) -> None:
        await connection.recv()
        for event in events:
            await connection.send(json.dumps(event))
        await connection.wait_closed()

    return handler


def error(code: str, message: str, **more: str) -> dict:
    return {
        "type": "error",
        "error": {"type": "invalid_request_error", "code": code, "message": message, **more},
    }


@pytest.mark.parametrize(
    ("event", "fault", "says_what"),
    [
        (error("invalid_api_key", "Incorrect API key: SECRET-key"), "credentials", "invalid_api_key"),
        (error("model_not_found", "The model does not exist"), "agent", "SCENARIO_OPENAI_REALTIME_MODEL"),
        (error("unknown_parameter", "Unknown 'session.type'", param="session.type"), "protocol", "beta"),
        (error("server_error", "The server had an error"), "peer", "The server had an error"),
        (error("billing_hard_limit_reached", "Pay first"), "peer", "billing_hard_limit_reached"),
        (error("account_deactivated", "Gone"), "credentials", "account_deactivated"),
    ],
)
async def test_an_error_before_the_session_stands_is_raised_by_connect(event, fault, says_what):
    async with websocket_peer(failing(event)) as url:
        with pytest.raises(VoiceTransportError, match=says_what) as caught:
            await OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert caught.value.fault == fault
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (401, "Incorrect API key provided", "credentials"),
        (403, "no access", "credentials"),
        (404, "nothing here", "host"),
        (404, "The model `x` does not exist or you do not have access to it", "agent"),
    ],
)
async def test_a_refused_handshake_says_what_is_wrong(status, body, fault):
    async with tcp_peer(http_answers((status, body))) as url:
        with pytest.raises(VoiceTransportError) as caught:
            await OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert caught.value.fault == fault
    assert caught.value.code == status


async def test_a_host_that_is_not_there_is_the_hosts_fault():
    adapter = OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=f"ws://127.0.0.1:{free_port()}")
    with pytest.raises(VoiceTransportError) as caught:
        await adapter.connect()
    assert caught.value.fault == "host"


@pytest.mark.parametrize(("code", "reason"), [(3000, "invalid_request_error.invalid_api_key"), (4001, "bye")])
async def test_a_close_before_the_session_stands_is_raised_by_connect(code, reason):
    async def handler(connection) -> None:
        await connection.recv()
        await connection.close(code, reason)

    async with websocket_peer(handler) as url:
        with pytest.raises(VoiceTransportError) as caught:
            await OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert caught.value.code == code
    assert caught.value.fault == ("credentials" if code == 3000 else "peer")


async def test_a_server_that_never_takes_the_settings_speaks_something_else(monkeypatch):
    monkeypatch.setattr(session_module, "CONNECT_SECONDS", 0.3)
    async with websocket_peer(failing()) as url:
        with pytest.raises(VoiceTransportError, match="settings") as caught:
            await OpenAIRealtimeAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert caught.value.fault == "protocol"


async def test_without_a_connection_there_is_a_hint():
    adapter = OpenAIRealtimeAgentAdapter(api_key="SECRET-key", role=AgentRole.USER)
    with pytest.raises(RuntimeError, match="OpenAIRealtimeAgentAdapter: not connected; connect it first"):
        await hear(adapter)
