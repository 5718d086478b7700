"""Our frames are the official ones, byte for byte; interruptions travel in both directions."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.protobufs import frames_pb2 as official
from pipecat.processors.frameworks.rtvi import models

from scenario.voice.adapters._pipecat.protobuf import Frame
from scenario.voice.adapters._pipecat.protobuf_framing import ProtobufFraming
from scenario.voice.adapters._pipecat.rtvi import client_ready
from tests.transports.contract.agent import tone
from tests.transports.pipecat.test_twilio_framing import Told
from tests.transports.webrtc.test_media import loud_part

U32, U64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
HEAD = {"id": U64, "name": st.text()}
KINDS = {
    "text": st.fixed_dictionaries({**HEAD, "text": st.text()}),
    "audio": st.fixed_dictionaries(
        {**HEAD, "audio": st.binary(), "sample_rate": U32, "num_channels": U32}, optional={"pts": U64}
    ),
    "transcription": st.fixed_dictionaries(
        {**HEAD, "text": st.text(), "user_id": st.text(), "timestamp": st.text()}
    ),
    "message": st.fixed_dictionaries({"data": st.text()}),
    "interruption": st.fixed_dictionaries(HEAD),
}
FRAMES = st.sampled_from(sorted(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), KINDS[kind]))


@given(FRAMES)
def test_our_frames_are_the_official_ones(frame):
    kind, fields = frame
    ours, theirs = Frame(**{kind: fields}), official.Frame(**{kind: fields})
    assert ours.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)
    read = Frame.FromString(theirs.SerializeToString())
    assert read.WhichOneof("frame") == kind
    assert {name: getattr(getattr(read, kind), name) for name in fields} == fields


@given(st.binary(max_size=200) | st.text())
def test_nonsense_does_no_harm(frame):
    ProtobufFraming(Told(), None, 16_000).hear(frame)


def test_what_the_bot_is_told_first_is_official_rtvi():
    models.Message.model_validate(client_ready())
    models.ClientReadyData.model_validate(client_ready()["data"])


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (24_000, 1), (48_000, 2), (0, 0)])
def test_audio_of_any_rate_and_number_of_channels_is_heard(rate, channels):
    told = Told()
    audio = {"audio": b"\0\0" * (rate * channels // 10), "sample_rate": rate, "num_channels": channels}
    ProtobufFraming(told, None, 16_000).hear(Frame(audio=audio).SerializeToString())
    assert len(told.pcm) / 48_000 == pytest.approx(0.1 if rate else 0, abs=0.005)


async def test_an_interruption_stops_the_bot_and_comes_back(socket):
    await socket.bot.say(tone(440, 10.0))
    await asyncio.sleep(1)
    began = time.monotonic()
    assert await socket.adapter.interrupt() is True
    while not socket.line.dropped:
        assert time.monotonic() - began < 2
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    heard = len(loud_part(socket.heard.audio))
    await asyncio.sleep(0.5)
    assert len(loud_part(socket.heard.audio)) == heard
    assert socket.bot.interruptions >= 1


async def test_the_rate_is_ours_to_choose():
    from tests.transports.pipecat.conftest import talking

    async with talking("protobuf", sample_rate=8000) as talk:
        assert talk.adapter.transport_format == "pcm16/8000"
        await asyncio.sleep(1)
        assert len(talk.bot.heard) / 48_000 == pytest.approx(1.0, abs=0.3)


def test_a_message_that_is_no_json_does_no_harm():
    frames = ProtobufFraming(Told(), None, 16_000)
    frames.hear(Frame(message={"data": "{"}).SerializeToString())
    assert json.loads(Frame.FromString(frames.opening()[0]).message.data)["type"] == "client-ready"
