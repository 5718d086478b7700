"""What SmallWebRTC wants beside media: its offer, its pings, its signals."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice import (
    PipecatAgentAdapter,
    UnsupportedCapabilityError,
    VoiceTransportError,
    silent_chunk,
)


async def test_the_offer_carries_what_the_bot_is_given(call):
    (offer,) = call.server.offers
    assert {key: value for key, value in offer.items() if key != "sdp"} == {
        "type": "offer",
        "pc_id": None,
        "restart_pc": False,
        "request_data": {"lang": "de"},
    }
    assert offer["sdp"].partition("m=application")[0].count("m=audio") == 1
    assert call.server.headers[0]["x-key"] == "k"


async def test_a_ping_every_second_keeps_the_bot_from_giving_us_up(call):
    await asyncio.sleep(2.3)
    connection = call.bot.connection
    assert time.time() - connection._last_received_time < 1.5
    assert connection.is_connected()


async def test_a_bot_that_asks_for_a_new_offer_gets_one_on_the_same_connection(call):
    call.bot.connection.ask_to_renegotiate()
    for _ in range(50):
        if len(call.server.offers) == 2:
            break
        await asyncio.sleep(0.1)
    assert call.server.offers[1]["pc_id"] == call.bot.connection.pc_id
    before = len(call.bot.heard)
    await asyncio.sleep(1)
    assert len(call.bot.heard) - before > 24_000
    assert call.adapter._bot.error is None


async def test_a_bot_that_leaves_is_lost(call):
    call.bot.connection.send_app_message({"type": "signalling", "message": {"type": "peerLeft"}})
    with pytest.raises(VoiceTransportError, match="left") as caught:
        await asyncio.wait_for(until_the_end(call.adapter), 5)
    assert caught.value.fault == "peer"


async def until_the_end(adapter) -> None:
    while True:
        await adapter.recv_audio(5)


async def test_neither_keys_nor_stopping_are_possible(call):
    with pytest.raises(UnsupportedCapabilityError):
        await call.adapter.interrupt()
    with pytest.raises(UnsupportedCapabilityError):
        await call.adapter.send_dtmf("1")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"transport": "webrtc"},
        {"url": "ws://host", "transport": "sip"},
        {"url": "ws://host", "serializer": "plivo"},
        {"url": "http://host"},
        {"signaling_url": "ws://host", "transport": "webrtc"},
        {"url": "ws://host", "audio_format": "pcm16"},
        {"url": "ws://host", "sample_rate": 16_000},
        {"url": "ws://host", "serializer": "protobuf", "audio_format": "opus"},
        {"url": "ws://host", "serializer": "protobuf", "sample_rate": 11_025},
        {"signaling_url": "http://host", "transport": "webrtc", "sample_rate": 24_000},
    ],
)
def test_what_no_bot_understands_is_refused_when_it_is_written(options):
    with pytest.raises(ValueError, match=r"needs|must|carries"):
        PipecatAgentAdapter(**options)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"url": "ws://host"}, "mulaw/8000"),
        ({"url": "ws://host", "audio_format": "mulaw", "sample_rate": 8000}, "mulaw/8000"),
        ({"url": "ws://host", "serializer": "protobuf"}, "pcm16/16000"),
        ({"url": "ws://host", "serializer": "protobuf", "sample_rate": 8000}, "pcm16/8000"),
        ({"signaling_url": "http://host", "transport": "webrtc"}, "opus/48000"),
    ],
)
def test_the_format_is_that_of_the_transport(options, shown):
    assert PipecatAgentAdapter(**options).transport_format == shown


async def test_a_new_offer_that_is_refused_ends_the_connection(call):
    async def refuse(request, callback):
        return {"no": "answer"}

    call.server._handler.handle_web_request = refuse
    call.bot.connection.ask_to_renegotiate()
    with pytest.raises(VoiceTransportError) as caught:
        await asyncio.wait_for(until_the_end(call.adapter), 5)
    assert caught.value.fault == "protocol"
    with pytest.raises(VoiceTransportError):
        await call.adapter.send_audio(silent_chunk(1.0))
