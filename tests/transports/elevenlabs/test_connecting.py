"""Connecting, and what is wrong when that fails."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice import ElevenLabsAgentAdapter, VoiceTransportError
from scenario.voice.adapters._connection import dialling
from tests.transports.elevenlabs.talking import talking
from tests.transports.peers.elevenlabs import AGENT, KEY, SIGNATURE, LoopbackElevenLabs
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer, websocket_peer


async def refused(service: LoopbackElevenLabs, **options) -> VoiceTransportError:
    arguments = {"agent_id": AGENT, "api_key": KEY, "base_url": service.url, **options}
    adapter = ElevenLabsAgentAdapter(**arguments)
    with pytest.raises(VoiceTransportError) as caught:
        await adapter.connect()
    with pytest.raises(RuntimeError, match="not connected"):
        await adapter.recv_audio(1)
    assert caught.value.adapter == "ElevenLabsAgentAdapter"
    assert caught.value.host == service.url.removeprefix("http://")
    return caught.value


@pytest.mark.parametrize("signed", [False, True])
async def test_a_wrong_key_and_a_wrong_agent_are_told_apart(signed):
    service = LoopbackElevenLabs()
    async with service.serving():
        error = await refused(service, api_key="SECRET-wrong", signed_url=signed)
        assert (error.fault, error.code) == ("credentials", 401)
        assert "SECRET" not in str(error), "although the service echoes it"
        error = await refused(service, agent_id="nobody", signed_url=signed)
        assert (error.fault, error.code) == ("agent", 404)
    assert len(service.paths) == 2, "neither is tried again"


@pytest.mark.parametrize(
    ("code", "reason", "fault"),
    [
        (3000, "The AI agent you are trying to reach does not exist.", "agent"),
        (3000, "Could not authorize the conversation", "credentials"),
        (1008, "Override for field 'prompt' is not allowed by config.", "agent"),
        (1008, "Missing required dynamic variables in first message: {'name'}", "agent"),
        (1002, "This request exceeds your quota limit", "credentials"),
        (1011, "internal", "peer"),
        # Words that nobody has seen before: the codes are documented.
        (1008, "nope", "agent"),
        (1002, "nope", "peer"),
        (3000, "nope", "credentials"),
    ],
)
async def test_the_reason_of_a_close_says_what_is_wrong(code, reason, fault):
    service = LoopbackElevenLabs()
    service.refusal = (code, reason)
    async with service.serving():
        error = await refused(service)
    assert (error.fault, error.code, error.reason) == (fault, code, reason)


@pytest.mark.parametrize(
    ("report", "code", "fault", "reason"),
    [
        (
            {"error_event": {"code": 1008, "error_type": "override_error", "reason": "nope"}},
            1008,
            "agent",
            "1008 override_error nope",
        ),
        ({"error_event": {"code": 1008, "error_type": "value_error"}}, 1008, "protocol", "1008 value_error"),
        ({"error_event": {"code": 1002, "error_type": "llm_timeout"}}, 1002, "peer", "1002 llm_timeout"),
        (
            {"message": "received 1002 (protocol error) This request exceeds your quota limit."},
            1000,
            "credentials",
            "received 1002 (protocol error) This request exceeds your quota limit.",
        ),
    ],
)
@pytest.mark.parametrize("opens", [True, False])
async def test_the_error_that_comes_before_a_close_says_more_than_the_close(
    report, code, fault, reason, opens
):
    async def fails(session) -> None:
        await session.send("error", **report)
        await session.connection.close(code, "")

    service = LoopbackElevenLabs(fails)
    service.opens = opens
    async with service.serving():
        if not opens:
            error = await refused(service)
        else:
            async with ElevenLabsAgentAdapter(AGENT, KEY, base_url=service.url) as adapter:
                with pytest.raises(VoiceTransportError) as caught:
                    await adapter.recv_audio(5)
            error = caught.value
    assert (error.fault, error.code, error.reason) == (fault, code, reason)


async def test_without_an_announced_input_format_it_is_what_the_service_s_own_client_takes():
    service = LoopbackElevenLabs()
    service.announced_input = None
    async with service.serving(), ElevenLabsAgentAdapter(AGENT, KEY, base_url=service.url) as adapter:
        assert adapter.capabilities.input_formats == ["pcm16/16000"]


async def test_a_format_that_is_none_of_the_service_s_is_the_codec_s_fault():
    service = LoopbackElevenLabs()
    service.announced_output = "mp3_44100"
    async with service.serving():
        error = await refused(service)
    assert error.fault == "codec"
    assert "agent_output_audio_format is 'mp3_44100'" in str(error)
    assert "pcm_16000" in str(error)


async def test_a_host_that_is_not_there():
    service = LoopbackElevenLabs()
    service.url = f"http://127.0.0.1:{free_port()}"
    assert (await refused(service)).fault == "host"


async def test_a_service_that_never_opens_the_conversation(monkeypatch):
    monkeypatch.setattr(dialling, "CONNECT_SECONDS", 1.0)

    async def silent(connection) -> None:
        await connection.wait_closed()

    service = LoopbackElevenLabs()
    async with websocket_peer(silent) as url:
        service.url = url.replace("ws://", "http://")
        began = time.monotonic()
        error = await refused(service)
    assert time.monotonic() - began < 5
    assert error.fault == "protocol"
    assert "has not opened the conversation within 1 s" in str(error)


@pytest.mark.parametrize("answer", ["http://example.org/x", "ws://example.org/SECRET", 7, None])
async def test_an_answer_without_a_signed_address_is_not_connected_to(answer):
    service = LoopbackElevenLabs()
    body = "{}" if answer is None else f'{{"signed_url": {answer if answer == 7 else repr(answer)}}}'
    async with tcp_peer(http_answers((200, body.replace("'", '"')))) as url:
        service.url = url.replace("ws://", "http://")
        error = await refused(service, signed_url=True)
    assert error.fault == "protocol"
    assert "SECRET" not in str(error)


async def test_a_signed_address_is_a_secret_and_the_key_does_not_go_there():
    async with talking(signed_url=True) as (adapter, session, _):
        shown = repr(vars(adapter)) + repr(adapter)
        assert "xi-api-key" not in session.connection.request.headers
        assert SIGNATURE in session.connection.request.path
    assert "SECRET" not in shown


def test_what_is_shown_is_neither_a_password_nor_a_secret_variable():
    adapter = ElevenLabsAgentAdapter(
        AGENT,
        KEY,
        base_url="https://me:SECRET-word@example.org",
        dynamic_variables={"secret__pin": "SECRET-pin"},
    )
    assert "SECRET" not in f"{adapter!r} {vars(adapter)!r} {adapter.url!r}"
    assert adapter.dynamic_variables == {"secret__pin": "SECRET-pin"}


async def test_a_missing_key_is_named(monkeypatch):
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)
    for key in (None, ""):
        with pytest.raises(ValueError, match=r"api_key is missing: .* set ELEVENLABS_API_KEY"):
            await ElevenLabsAgentAdapter(AGENT, key).connect()


async def test_the_key_may_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    service = LoopbackElevenLabs()
    async with service.serving(), ElevenLabsAgentAdapter(AGENT, base_url=service.url) as adapter:
        assert adapter.conversation_id == "conv_1"


def test_addresses_and_how_it_is_shown():
    adapter = ElevenLabsAgentAdapter("a b/c", "SECRET")
    assert adapter.url == "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=a%20b%2Fc"
    assert repr(adapter) == "ElevenLabsAgentAdapter(agent_id='a b/c', api_key='***')"
    assert adapter.api_key == "SECRET"
    eu = ElevenLabsAgentAdapter("a", "k", base_url="wss://api.eu.residency.elevenlabs.io/")
    assert eu.url.startswith("wss://api.eu.residency.elevenlabs.io/v1/convai/conversation?")
    with pytest.raises(ValueError, match="must use https:// for a host other than this machine"):
        ElevenLabsAgentAdapter("a", "k", base_url="http://example.org")
    with pytest.raises(ValueError, match="agent_id must name an agent"):
        ElevenLabsAgentAdapter("", "k")


async def test_after_a_loss_it_connects_again_with_nothing_left_of_the_last_conversation():
    async with talking() as (adapter, session, service):
        await session.respond("old")
        await session.say(bytes(4800), 1)
        await session.connection.close(1011, "gone")
        assert (await adapter.recv_audio(5)).data == bytes(4800)
        with pytest.raises(VoiceTransportError, match="code 1011, reason: gone"):
            await adapter.recv_audio(5)
        with pytest.raises(VoiceTransportError):
            await adapter.send_text("hello?")
        await adapter.connect()
        await service.session(2)
        assert (adapter.last_agent_transcript, adapter.streaming_transcript) == (None, "")
        with pytest.raises(TimeoutError):
            await adapter.recv_audio(0.1)
        await asyncio.sleep(0.15)
        assert len(service.sessions[1].events) == 1
