"""We play Twilio, to a bot and to Twilio's own documentation."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from scenario.voice import PipecatAgentAdapter, UnsupportedCapabilityError
from scenario.voice.adapters._pipecat.twilio_framing import TwilioFraming
from tests.transports.peers.sockets import websocket_peer


class Told:
    def __init__(self):
        self.pcm, self.stops = bytearray(), 0

    def audio(self, pcm):
        self.pcm += pcm

    def stopped(self):
        self.stops += 1


def framing(told=None):
    return TwilioFraming(told or Told(), stream_sid="MZ1", call_sid="CA1", custom_parameters={"lang": "de"})


async def test_a_bot_learns_of_the_call(phone):
    assert phone.bot.start["call_id"] == "CA" + "7" * 32
    assert phone.bot.start["stream_id"].startswith("MZ")
    assert len(phone.bot.start["stream_id"]) == 34
    assert phone.bot.start["body"] == {"lang": "de"}


async def test_keys_arrive(phone):
    await phone.adapter.send_dtmf("5w#")
    await asyncio.sleep(0.3)
    assert phone.bot.digits == "5#"


async def test_barge_in_is_speaking_over_and_nothing_else(phone):
    assert not phone.adapter.capabilities.interruption
    with pytest.raises(UnsupportedCapabilityError, match="speak over"):
        await phone.adapter.interrupt()


async def test_the_frames_are_those_of_the_documentation():
    frames = []

    async def keep(connection):
        async for frame in connection:
            frames.append(json.loads(frame))

    async with websocket_peer(keep) as url, PipecatAgentAdapter(url) as adapter:
        await asyncio.sleep(0.5)
        await adapter.send_dtmf("1")
    connected, start, *rest = frames
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["start"] == {
        "streamSid": start["streamSid"],
        "accountSid": "AC" + "0" * 32,
        "callSid": start["start"]["callSid"],
        "tracks": ["inbound"],
        "customParameters": {},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    }
    assert [int(frame["sequenceNumber"]) for frame in [start, *rest]] == list(range(1, len(rest) + 2))
    media = [frame["media"] for frame in rest if frame["event"] == "media"]
    assert len(media) == pytest.approx(25, abs=8)
    assert [int(frame["chunk"]) for frame in media] == list(range(1, len(media) + 1))
    assert [int(frame["timestamp"]) for frame in media] == [20 * number for number in range(len(media))]
    assert {frame["track"] for frame in media} == {"inbound"}
    assert {base64.b64decode(frame["payload"]) for frame in media} == {b"\xff" * 160}
    assert [frame["event"] for frame in rest if frame["event"] != "media"] == ["dtmf", "stop"]
    assert rest[-1]["stop"] == {"accountSid": "AC" + "0" * 32, "callSid": start["start"]["callSid"]}


def test_media_of_any_size_is_heard():
    told = Told()
    frames = framing(told)
    for size in (1, 320, 77):
        payload = base64.b64encode(b"\xff" * size).decode()
        frames.hear(json.dumps({"event": "media", "media": {"payload": payload}}))
    assert len(told.pcm) / 6 == pytest.approx(398, abs=30)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "7",
        '{"event": "mark"}',
        '{"event": ["clear"]}',
        '{"event": "media"}',
        '{"event": "media", "media": {"payload": "?"}}',
        '{"event": "media", "media": {"payload": 7}}',
        b"\xff\x00",
    ],
)
def test_nonsense_does_no_harm(frame):
    told = Told()
    framing(told).hear(frame)
    assert (bytes(told.pcm), told.stops) == (b"", 0)


def test_a_clear_is_a_stop():
    told = Told()
    framing(told).hear('{"event": "clear", "streamSid": "MZ1"}')
    assert told.stops == 1
