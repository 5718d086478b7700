"""Every call ends: whatever happened, none is left running and costs money."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

import scenario
from scenario.voice import VapiAgentAdapter, VoiceTransportError
from tests.transports.peers.sockets import reset
from tests.transports.peers.vapi import ASSISTANT, KEY, LoopbackVapi
from tests.transports.vapi.calling import adapter_for, calling


async def test_disconnecting_ends_the_call_on_its_socket():
    async with calling() as (_, call, service):
        assert service.open_calls == 1
    assert call.messages == [{"type": "end-call"}]
    assert (call.ended_by, service.controls) == ("websocket", [])


async def test_the_word_of_the_page_on_this_transport_ends_a_call_too():
    """The official SDK and the page on live calls say `end-call`, the page on WebSockets says `hangup`."""
    service = LoopbackVapi()
    async with service.serving():
        service.obeys = "hangup"
        async with adapter_for(service):
            await service.calls[0].connected.wait()
        assert (service.calls[0].ended_by, service.controls) == ("websocket", [])


async def test_a_call_that_goes_on_is_ended_by_its_control_address_after_three_seconds():
    service = LoopbackVapi()
    async with service.serving():
        service.obeys = None
        adapter = adapter_for(service)
        await adapter.connect()
        began = time.monotonic()
        await adapter.disconnect()
        assert 2.9 <= time.monotonic() - began < 5
        assert service.calls[0].ended_by == "control"
        ((headers, body),) = service.controls
    assert body == {"type": "end-call"}
    assert "authorization" not in headers, "the address is enough, the key stays here"


async def test_an_exception_in_the_block_ends_the_call():
    service = LoopbackVapi()
    async with service.serving():
        with pytest.raises(ZeroDivisionError):
            async with adapter_for(service):
                _ = 1 / 0
        assert service.calls[0].ended_by == "websocket"


async def test_a_run_that_fails_ends_the_call():
    def fail(state):
        raise ZeroDivisionError

    service = LoopbackVapi()
    async with service.serving():
        user = scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")
        with pytest.raises(ZeroDivisionError):
            await scenario.arun(
                name="failing",
                description="It fails.",
                agents=[VapiAgentAdapter(ASSISTANT, KEY, base_url=service.url), user],
                script=[scenario.user("hello"), fail],
                verbose=False,
            )
        assert [call.ended_by for call in service.calls] == ["websocket"]


async def cancelled_after(connecting: asyncio.Task[None], moment: float) -> None:
    await asyncio.wait({connecting}, timeout=moment)
    connecting.cancel()
    began = time.monotonic()
    await asyncio.wait({connecting}, timeout=8)
    assert connecting.cancelled()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("moment", [0.05, 0.3])
async def test_a_call_that_nobody_waits_for_any_more_is_ended(moment):
    """The request is answered after 0.6 s; before that, nobody knows where the call is."""
    service = LoopbackVapi()
    async with service.serving():
        service.delay = 0.6
        await cancelled_after(asyncio.create_task(adapter_for(service).connect()), moment)
        assert [call.ended_by for call in service.calls] == ["control"]


async def test_a_second_cancellation_does_not_keep_a_call_from_being_ended():
    service = LoopbackVapi()
    async with service.serving():
        service.delay = 1.0
        connecting = asyncio.create_task(adapter_for(service).connect())
        await asyncio.wait({connecting}, timeout=0.3)
        connecting.cancel()
        await asyncio.wait({connecting}, timeout=0.2)
        await cancelled_after(connecting, 0)
        assert [call.ended_by for call in service.calls] == ["control"]


async def test_however_late_a_call_is_known_and_does_not_end_disconnecting_is_over_in_time(caplog):
    service = LoopbackVapi()
    async with service.serving():
        service.delay = 2.3
        service.answer, service.obeys = without_control, None
        await cancelled_after(asyncio.create_task(adapter_for(service).connect()), 0.05)
        assert service.calls[0].messages == [{"type": "end-call"}, {"type": "hangup"}]
    assert "a call may still be running" in caplog.text


@pytest.mark.parametrize("has_control", [True, False])
async def test_a_call_that_is_being_connected_to_is_ended_when_nobody_wants_it(has_control):
    service = LoopbackVapi()
    async with service.serving():
        service.handshake_seconds = 0.5
        if not has_control:
            service.answer = without_control
        await cancelled_after(asyncio.create_task(adapter_for(service).connect()), 0.3)
        assert [call.ended_by for call in service.calls] == ["control" if has_control else "websocket"]


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_connection_that_is_lost_is_no_call_that_has_ended(how):
    async with calling() as (adapter, call, service):
        if how == "reset":
            reset(call.connection)
        else:
            await call.connection.close(1011, "the pipeline failed")
        with pytest.raises(VoiceTransportError):
            await adapter.recv_audio(5)
        assert service.open_calls == 1
    assert call.ended_by == "control"


async def test_a_call_that_cannot_be_connected_to_is_ended():
    service = LoopbackVapi()
    async with service.serving():
        service.accepts = False
        adapter = adapter_for(service)
        await adapter.connect()
        with pytest.raises(VoiceTransportError, match="code 1013"):
            await adapter.recv_audio(5)
        await adapter.disconnect()
        assert [call.ended_by for call in service.calls] == ["control"]


def without_control(answer):
    return {**answer, "monitor": {}}


async def test_without_a_control_address_a_lost_call_is_connected_to_again_to_end_it():
    service = LoopbackVapi()
    async with service.serving():
        service.answer = without_control
        adapter = adapter_for(service)
        await adapter.connect()
        await service.calls[0].connected.wait()
        reset(service.calls[0].connection)
        with pytest.raises(VoiceTransportError):
            await adapter.recv_audio(5)
        await adapter.disconnect()
        assert service.calls[0].ended_by == "websocket"


async def test_what_cannot_be_ended_is_said(caplog):
    service = LoopbackVapi()
    async with service.serving():
        service.answer, service.obeys = without_control, None
        adapter = adapter_for(service)
        await adapter.connect()
        with caplog.at_level(logging.WARNING):
            await adapter.disconnect()
        assert service.open_calls == 1
    (record,) = caplog.records
    assert "a call may still be running and cost money" in record.getMessage()
    assert "SECRET" not in record.getMessage()


async def test_a_call_that_the_assistant_has_ended_is_over():
    async with calling() as (adapter, call, service):
        await call.say(bytes(9600))
        await call.end("assistant")
        await adapter.recv_audio(5)  # what was said before is still heard
        with pytest.raises(VoiceTransportError) as caught:
            await adapter.recv_audio(5)
        assert caught.value.fault == "peer"
        assert "the call has ended" in str(caught.value)
        assert caught.value.reason == "assistant-ended-call"
        began = time.monotonic()
        await adapter.disconnect()
        assert time.monotonic() - began < 2
    assert (call.messages, service.controls) == ([], [])


async def test_after_the_end_of_a_call_another_one_can_be_made():
    async with calling() as (adapter, call, service):
        await call.transcript("assistant", "old", final=True)
        await call.end("assistant")
        with pytest.raises(VoiceTransportError):
            await adapter.recv_audio(5)
        await adapter.connect()
        assert len(service.calls) == 2
        assert (adapter.last_agent_transcript, adapter.streaming_transcript) == (None, "")
        assert adapter.websocket_call_url.endswith(f"/{service.calls[1].id}/transport")
    assert [call.ended_by for call in service.calls] == ["assistant", "websocket"]
