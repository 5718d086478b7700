"""The request for a call: the official SDK's, and what is wrong when it is refused."""

from __future__ import annotations

import asyncio

import pytest
from vapi import Vapi
from vapi.types import AssistantOverrides

from scenario.voice import VapiAgentAdapter, VoiceTransportError
from tests.transports.peers.sockets import free_port, tcp_peer
from tests.transports.peers.vapi import ASSISTANT, KEY, LoopbackVapi
from tests.transports.vapi.calling import adapter_for

_TRANSPORT = {
    "provider": "vapi.websocket",
    "audioFormat": {"format": "pcm_s16le", "container": "raw", "sampleRate": 16_000},
}


async def refused(service: LoopbackVapi, **options) -> VoiceTransportError:
    adapter = adapter_for(service, **options)
    with pytest.raises(VoiceTransportError) as caught:
        await adapter.connect()
    assert adapter.websocket_call_url is None
    with pytest.raises(RuntimeError, match="not connected"):
        await adapter.recv_audio(1)
    assert "SECRET" not in f"{caught.value} {vars(caught.value)}"
    return caught.value


@pytest.mark.parametrize("overrides", [None, {"firstMessage": "Hi", "variableValues": {"name": "Ada"}}])
async def test_the_request_is_the_one_of_the_official_sdk(overrides):
    service = LoopbackVapi()
    async with service.serving():

        def official():
            options = {"assistant_overrides": AssistantOverrides(**overrides)} if overrides else {}
            client = Vapi(token=KEY, base_url=service.url)
            return client.calls.create(assistant_id=ASSISTANT, transport=_TRANSPORT, **options)

        call = await asyncio.to_thread(official)
        assert call.transport["websocketCallUrl"].endswith("/transport")
        assert call.monitor.control_url.startswith(service.url)
        await service.calls[0].end("assistant")
        async with adapter_for(service, assistant_overrides=overrides):
            pass
    theirs, ours = [request for request in service.requests if request[1] == "/call"]
    assert ours[:2] == theirs[:2] == ("POST", "/call")
    assert ours[3] == theirs[3]
    for name in ("authorization", "content-type"):
        assert ours[2][name] == theirs[2][name]


async def test_another_rate_is_asked_for_and_no_phone_number_ever():
    service = LoopbackVapi()
    async with service.serving(), adapter_for(service, sample_rate=8000) as adapter:
        assert adapter.capabilities.input_formats == ["pcm16/8000"]
    (call,) = service.calls
    assert call.body["transport"]["audioFormat"]["sampleRate"] == 8000
    assert set(call.body) == {"assistantId", "transport"}


@pytest.mark.parametrize(
    ("status", "fault", "text"),
    [
        (401, "credentials", "does not accept the credentials"),
        (402, "credentials", "asks for payment"),
        (404, "agent", "does not exist"),
        (400, "agent", "refuses"),
        (429, "peer", "too many requests"),
        (500, "peer", "has a failure"),
    ],
)
async def test_what_a_refusal_means(status, fault, text):
    service = LoopbackVapi()
    async with service.serving():
        service.refusal = (status, f"no: Bearer {KEY}")
        error = await refused(service)
    assert (error.fault, error.code) == (fault, status)
    assert text in str(error)
    assert error.reason == "no: ***"
    assert error.host == service.url.removeprefix("http://")


async def test_a_failure_of_the_provider_is_not_tried_again_because_there_might_be_a_call():
    service = LoopbackVapi()
    async with service.serving():
        service.refusal = (503, "busy")
        await refused(service)
    assert len(service.requests) == 1


async def test_a_request_that_broke_off_is_not_made_again_because_there_might_be_a_call():
    requests = []

    async def makes_a_call_and_goes(reader, writer):
        requests.append(await reader.readuntil(b"\r\n\r\n"))

    async with tcp_peer(makes_a_call_and_goes) as url:
        adapter = VapiAgentAdapter(ASSISTANT, KEY, base_url=url.replace("ws://", "http://"))
        with pytest.raises(VoiceTransportError):
            await adapter.connect()
        await adapter.disconnect()
    assert len(requests) == 1


async def test_a_request_that_the_provider_has_put_off_is_made_again():
    service = LoopbackVapi()
    async with service.serving():
        service.refusal = (429, "slow down")
        adapter = adapter_for(service)
        connecting = asyncio.create_task(adapter.connect())
        while not service.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        service.refusal = None
        await connecting
        await adapter.disconnect()
    assert [path for _, path, _, _ in service.requests] == ["/call", "/call"]
    assert [call.ended_by for call in service.calls] == ["websocket"]


async def test_a_wrong_key_and_a_wrong_assistant_are_told_apart():
    service = LoopbackVapi()
    async with service.serving():
        assert (await refused(service, api_key="SECRET-wrong")).fault == "credentials"
        assert (await refused(service, assistant_id="nobody")).fault == "agent"
    assert service.calls == []


async def test_nobody_there():
    service = LoopbackVapi()
    service.url = f"http://127.0.0.1:{free_port()}"
    assert (await refused(service)).fault == "host"


@pytest.mark.parametrize("url", [None, 7, "https://example.org", "ws://example.org/SECRET"])
async def test_without_an_address_there_is_no_call_to_connect_to_and_it_is_ended(url):
    service = LoopbackVapi()

    def without(answer):
        return {**answer, "transport": {"provider": "vapi.websocket", "websocketCallUrl": url}}

    async with service.serving():
        service.answer = without
        error = await refused(service)
        assert error.fault == "protocol"
        assert "transport.websocketCallUrl" in str(error)
        assert [call.ended_by for call in service.calls] == ["control"]


async def test_an_answer_that_is_no_json():
    service = LoopbackVapi()
    async with service.serving():
        service.refusal = (201, "<html>")
        assert (await refused(service)).fault == "protocol"


async def test_a_missing_key_is_named(monkeypatch):
    monkeypatch.delenv("VAPI_API_KEY", raising=False)
    for key in (None, ""):
        with pytest.raises(ValueError, match=r"api_key is missing: .* set VAPI_API_KEY"):
            await VapiAgentAdapter(ASSISTANT, key).connect()


async def test_the_key_may_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv("VAPI_API_KEY", KEY)
    service = LoopbackVapi()
    async with service.serving(), adapter_for(service, api_key=None) as adapter:
        assert adapter.websocket_call_url.endswith(f"/{service.calls[0].id}/transport")
        assert "SECRET" not in f"{adapter!r} {vars(adapter)!r}"
    assert adapter.websocket_call_url is None


def test_secrets_within_overrides_are_not_shown():
    overrides = {"server": {"url": "https://example.org", "secret": "SECRET-server"}}
    adapter = VapiAgentAdapter(ASSISTANT, KEY, assistant_overrides=overrides)
    assert "SECRET" not in f"{adapter!r} {vars(adapter)!r}"
    assert adapter.assistant_overrides == overrides


def test_arguments():
    adapter = VapiAgentAdapter("a", "SECRET")
    assert repr(adapter) == "VapiAgentAdapter(assistant_id='a', api_key='***')"
    assert adapter.websocket_call_url is None
    for options, problem in [
        ({"assistant_id": ""}, "assistant_id must name an assistant"),
        ({"sample_rate": 7999}, "sample_rate must be between 8000 and 48000"),
        ({"sample_rate": 16_001}, "a multiple of 50"),
        ({"base_url": "http://example.org"}, "must use https://"),
    ]:
        with pytest.raises(ValueError, match=problem):
            VapiAgentAdapter(**{"assistant_id": "a", **options})
