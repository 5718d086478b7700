"""Connecting: keys, addresses, and what each refusal means."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import GeminiLiveAgentAdapter, VoiceTransportError
from scenario.voice.adapters._gemini import connection
from tests.transports.gemini.talking import MODEL, model_at, nothing_more, say, until
from tests.transports.peers.gemini_live import SETUP_COMPLETE, gemini_server
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "SCENARIO_GEMINI_LIVE_MODEL"):
        monkeypatch.delenv(name, raising=False)


async def test_the_key_travels_in_a_header_and_never_in_the_address():
    async with gemini_server() as server, model_at(server):
        assert server.caller.headers["x-goog-api-key"] == "SECRET-key"
        service = "google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"
        assert server.caller.path == f"/ws/{service}"


@pytest.mark.parametrize(
    ("environment", "argument", "used"),
    [
        ({"GEMINI_API_KEY": "SECRET-1", "GOOGLE_API_KEY": "SECRET-2"}, None, "SECRET-1"),
        ({"GEMINI_API_KEY": "", "GOOGLE_API_KEY": "SECRET-2"}, None, "SECRET-2"),
        ({"GEMINI_API_KEY": "SECRET-1"}, "SECRET-0", "SECRET-0"),
        ({"GEMINI_API_KEY": "SECRET-1"}, "", "SECRET-1"),
    ],
)
async def test_the_argument_counts_then_gemini_api_key_then_google_api_key(
    monkeypatch, environment, argument, used
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with gemini_server() as server, model_at(server, api_key=argument):
        assert server.caller.headers["x-goog-api-key"] == used


async def test_a_key_that_is_set_after_the_adapter_was_made_counts(monkeypatch):
    async with gemini_server() as server:
        adapter = model_at(server, api_key=None)
        monkeypatch.setenv("GOOGLE_API_KEY", "SECRET-later")
        async with adapter:
            assert server.caller.headers["x-goog-api-key"] == "SECRET-later"


async def test_without_a_key_connecting_names_argument_and_variables():
    with pytest.raises(ValueError, match=r"api_key=.* GEMINI_API_KEY or GOOGLE_API_KEY"):
        await GeminiLiveAgentAdapter().connect()


def test_what_is_shown_of_an_adapter_is_not_its_key():
    shown = (
        "GeminiLiveAgentAdapter(model='gemini-2.5-flash-native-audio-latest', voice='Algieba', api_key={})"
    )
    assert repr(GeminiLiveAgentAdapter(api_key="SECRET-key")) == shown.format("'***'")
    assert repr(GeminiLiveAgentAdapter()) == shown.format("''")
    address = "wss://me:SECRET-word@example.org/?token=SECRET-query"
    assert "SECRET" not in repr(vars(GeminiLiveAgentAdapter(api_key="SECRET-key", base_url=address)))


def test_the_environment_names_another_default_model(monkeypatch):
    monkeypatch.setenv("SCENARIO_GEMINI_LIVE_MODEL", "gemini-4-live")
    assert GeminiLiveAgentAdapter().model == "gemini-4-live"
    assert GeminiLiveAgentAdapter(MODEL).model == MODEL


@pytest.mark.parametrize(
    "base_url", ["ws://example.com", "http://example.com", "example.com", "ftp://127.0.0.1"]
)
def test_a_key_goes_unencrypted_only_to_this_machine(base_url):
    with pytest.raises(ValueError, match="base_url"):
        GeminiLiveAgentAdapter(api_key="SECRET-key", base_url=base_url)


@pytest.mark.parametrize("wrong", [{"activity": "server"}, {"api_version": "../v1"}])
def test_settings_that_are_none_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GeminiLiveAgentAdapter(**wrong)


async def test_another_version_of_the_service_can_be_asked_for():
    async with gemini_server() as server, model_at(server, api_version="v1beta"):
        assert ".v1beta." in server.caller.path


@pytest.mark.parametrize(
    ("code", "reason", "fault"),
    [
        (1007, "API key not valid. Please pass a valid API key.", "credentials"),
        (1007, "API key expired. Please renew the API key.", "credentials"),
        (1008, "Method doesn't allow unregistered callers. Please use API Key.", "credentials"),
        (1008, "models/x is not found for API version v1, or is not supported for bidiGen", "agent"),
        (1011, "You exceeded your current quota, please check your plan and billing details.", "peer"),
        (1007, "User location is not supported for the API use.", "host"),
        (1007, "Request contains an invalid argument.", "protocol"),
    ],
)
async def test_a_refused_setup_says_which_part_is_wrong(code, reason, fault):
    async def behave(caller):
        await caller.connection.close(code, reason)

    async with gemini_server(behave, accept=False) as server:
        with pytest.raises(VoiceTransportError) as refused:
            await model_at(server).connect()
    error = refused.value
    assert (error.fault, error.code, error.reason) == (fault, code, reason)
    assert ("SCENARIO_GEMINI_LIVE_MODEL" in str(error)) is (fault == "agent")
    assert error.host in server.url


@pytest.mark.parametrize(("status", "fault"), [(401, "credentials"), (403, "credentials"), (404, "host")])
async def test_a_refused_handshake_says_which_part_is_wrong(status, fault):
    async with tcp_peer(http_answers((status, "no"))) as url:
        with pytest.raises(VoiceTransportError) as refused:
            await GeminiLiveAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert refused.value.fault == fault


async def test_a_host_where_nothing_listens_is_named():
    url = f"ws://127.0.0.1:{free_port()}"
    with pytest.raises(VoiceTransportError, match="connection was refused") as refused:
        await GeminiLiveAgentAdapter(api_key="SECRET-key", base_url=url).connect()
    assert refused.value.fault == "host"


async def test_a_setup_that_is_never_confirmed_is_an_error_and_leaves_no_connection(monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    async with gemini_server(accept=False) as server:
        with pytest.raises(VoiceTransportError, match="not confirmed within 1 s") as refused:
            await model_at(server).connect()
        assert refused.value.fault == "protocol"
        await until(lambda: server.caller.connection.close_code is not None)


async def test_a_cancelled_connect_leaves_no_connection():
    async with gemini_server(accept=False) as server:
        connecting = asyncio.create_task(model_at(server).connect())
        await until(lambda: server.callers)
        connecting.cancel()
        await asyncio.wait({connecting})
        await until(lambda: server.caller.connection.close_code is not None)


async def test_a_new_connection_is_a_new_conversation():
    async def behave(caller):
        await caller.say('{"serverContent":{"outputTranscription":{"text":"left over"}}}')

    async with gemini_server(behave) as server:
        adapter = model_at(server)
        async with adapter:
            await until(lambda: adapter.streaming_transcript)
        await adapter.connect()
        assert adapter.last_agent_transcript is None
        await adapter.disconnect()
        assert "handle" not in server.caller.setup["setup"]["sessionResumption"]


async def test_what_the_server_says_that_nobody_knows_is_noted_once_and_ignored(caplog):
    caplog.set_level("DEBUG", logger="scenario.voice")

    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        for _ in range(3):
            await caller.say('{"somethingNew":{"a":1},"usageMetadata":{}}', SETUP_COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        assert await nothing_more(adapter)
    assert [record.getMessage() for record in caplog.records if "somethingNew" in record.getMessage()] == [
        "GeminiLiveAgentAdapter: ignored 'somethingNew' of the peer"
    ]
