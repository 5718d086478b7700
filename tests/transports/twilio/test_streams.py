"""A media stream is taken only from Twilio, for a call that we know of, once, and one at a time."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import ConnectionClosed

from scenario.voice.adapters._twilio import routes
from tests.transports.peers.sockets import QUIET
from tests.transports.peers.twilio import FORMAT
from tests.transports.twilio.conftest import ACCOUNT, THEIRS, connect, eventually

VOICE, STREAM = "https://tunnel.example.test/twilio/voice", "wss://tunnel.example.test/twilio/stream"


async def token(twilio, call_sid: str = "CA1") -> str:
    answer = await twilio.post_signed(VOICE, {"CallSid": call_sid, "From": THEIRS})
    return ET.fromstring(answer.text).find(".//Parameter").attrib["value"]


async def open_stream(twilio, token, *, signed_url=STREAM, headers=None, **start):
    if headers is None:
        headers = {"X-Twilio-Signature": twilio.signer.compute_signature(signed_url, {})}
    socket = await connect_socket(twilio.local(STREAM), additional_headers=headers, logger=QUIET, proxy=None)
    facts = {"accountSid": ACCOUNT, "callSid": "CA1", "customParameters": {"token": token}}
    begin = {"event": "start", "streamSid": "MZ1", "start": {**facts, "mediaFormat": FORMAT, **start}}
    with suppress(ConnectionClosed):  # refused before it has said anything
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send(json.dumps(begin))
    return socket


async def close_code(socket) -> int:
    await asyncio.wait_for(socket.wait_closed(), 5)
    return socket.close_code


@pytest.mark.parametrize("signed_url", [STREAM, f"{STREAM}/", STREAM.replace(".test/", ".test:443/")])
async def test_a_signed_stream_with_its_token_is_taken(twilio, adapter, signed_url):
    socket = await open_stream(twilio, await token(twilio), signed_url=signed_url)
    await asyncio.wait_for(adapter.live.wait(), 5)
    await socket.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"headers": {}},
        {"headers": {"X-Twilio-Signature": "AAAA"}},
        {"signed_url": VOICE},
        {"signed_url": "ws://127.0.0.1/twilio/stream"},
        {"accountSid": "AC-of-another"},
        {"callSid": "CA2"},
        {"customParameters": {}},
        {"customParameters": {"token": "guessed"}},
        {"customParameters": "token"},
        {"mediaFormat": {**FORMAT, "sampleRate": 16000}},
        {"mediaFormat": {**FORMAT, "encoding": "audio/l16"}},
    ],
    ids=str,
)
async def test_any_other_stream_is_closed_with_1008_and_nothing_changes(twilio, adapter, wrong):
    socket = await open_stream(twilio, await token(twilio), **wrong)
    assert await close_code(socket) == 1008
    assert not adapter.live.is_set()
    with pytest.raises(RuntimeError, match=r"place_call\(\).*wait_for_call\(\)"):
        await adapter.recv_audio(0.1)


async def test_a_token_is_good_for_one_stream(twilio, adapter):
    used = await token(twilio)
    first = await open_stream(twilio, used)
    await asyncio.wait_for(adapter.live.wait(), 5)
    await first.close()
    await eventually(lambda: not adapter.live.is_set())
    assert await close_code(await open_stream(twilio, used)) == 1008


async def test_a_second_stream_is_refused_and_the_first_goes_on(twilio, adapter):
    await adapter.place_call(THEIRS)
    leg = twilio.calls[0].legs[0]
    assert await close_code(await open_stream(twilio, await token(twilio))) == 1008
    await adapter.end_user_turn()
    await eventually(lambda: leg.marks == ["turn-1"])


async def test_connected_and_start_said_again_change_nothing(twilio, adapter):
    await adapter.place_call(THEIRS)
    leg = await twilio.calls[0].until_streaming()
    await leg.send({"event": "connected", "protocol": "Call", "version": "1.0.0"}, numbered=False)
    await leg.send({"event": "start", "start": {"streamSid": "MZ-other", "callSid": "CA-other"}})
    await adapter.end_user_turn()
    await eventually(lambda: leg.marks == ["turn-1"])
    assert leg.frames[-1]["streamSid"] == leg.stream_sid


async def test_of_a_webhook_that_is_delivered_twice_one_stream_is_taken(twilio, adapter):
    first, again = await token(twilio), await token(twilio)
    socket = await open_stream(twilio, again)
    await asyncio.wait_for(adapter.live.wait(), 5)
    assert await close_code(await open_stream(twilio, first)) == 1008
    assert adapter.live.is_set()
    await socket.close()


async def test_a_stream_that_never_starts_is_closed(twilio, adapter, monkeypatch):
    monkeypatch.setattr(routes, "_START_SECONDS", 0.2)
    headers = {"X-Twilio-Signature": twilio.signer.compute_signature(STREAM, {})}
    socket = await connect_socket(twilio.local(STREAM), additional_headers=headers, logger=QUIET, proxy=None)
    assert await close_code(socket) == 1008


async def test_only_the_stream_of_our_own_call_is_taken_while_we_place_one(twilio, adapter):
    twilio.ring_seconds = 0.5
    placing = asyncio.create_task(adapter.place_call(THEIRS))
    await asyncio.sleep(0.2)
    assert await close_code(await open_stream(twilio, await token(twilio))) == 1008
    await placing
    assert adapter.live.is_set()


async def test_without_validation_the_token_still_counts(twilio, new_adapter):
    adapter = new_adapter(validate_signature=False)
    await connect(twilio, adapter)
    assert await close_code(await open_stream(twilio, "guessed", headers={})) == 1008
    await open_stream(twilio, await token(twilio), headers={})
    await asyncio.wait_for(adapter.live.wait(), 5)
