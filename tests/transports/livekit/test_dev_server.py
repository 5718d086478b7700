"""The same against LiveKit's own server, `livekit-server --dev`.

These tests are collected only where the program is on `PATH`; where it is not, they neither pass nor fail nor
appear.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager

import numpy as np
import pytest
from livekit import api, rtc

from scenario.voice import AudioChunk, LiveKitAgentAdapter, VoiceTransportError
from scenario.voice.testing.assertions import assert_tone
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.livekit.conftest import until
from tests.transports.peers.sockets import free_port

_KEY, _SECRET = "devkey", "secret"  # fixed by --dev


@pytest.fixture
async def url():
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "livekit-server", "--dev", "--bind", "127.0.0.1", "--port", str(port),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    break
                except OSError:
                    await asyncio.sleep(0.1)
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def echoing_agent(url: str, room_name: str):
    """An agent that gives back what it hears, and says what it is doing."""
    grants = api.VideoGrants(room_join=True, room=room_name, can_update_own_metadata=True)
    token = api.AccessToken(_KEY, _SECRET).with_identity("agent").with_kind("agent").with_grants(grants)
    room, source, tasks = rtc.Room(), rtc.AudioSource(48_000, 1, queue_size_ms=400), []

    async def echo(track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=48_000, num_channels=1):
            await source.capture_frame(event.frame)

    room.on("track_subscribed", lambda track, *_: tasks.append(asyncio.create_task(echo(track))))
    await room.connect(url, token.to_jwt())
    await room.local_participant.publish_track(rtc.LocalAudioTrack.create_audio_track("voice", source))
    try:
        yield room
    finally:
        for task in tasks:
            task.cancel()
        await room.disconnect()
        await source.aclose()


async def test_audio_goes_there_and_back(url):
    name = uuid.uuid4().hex
    async with echoing_agent(url, name), LiveKitAgentAdapter(url, _KEY, _SECRET, name) as adapter:
        async with Listener(adapter) as listener:
            await adapter.send_audio(AudioChunk(tone(440, 1.0)))
            await adapter.end_user_turn()
            await asyncio.sleep(1)
        samples = np.frombuffer(bytes(listener.audio), "<i2")
        at = np.flatnonzero(np.abs(samples.astype(int)) > 500)
        assert_tone(samples[at[0] : at[-1]].tobytes(), 440)


async def test_words_and_states_arrive(url):
    name = uuid.uuid4().hex
    async with echoing_agent(url, name) as agent, LiveKitAgentAdapter(url, _KEY, _SECRET, name) as adapter:
        await agent.local_participant.set_attributes({"lk.agent.state": "listening"})
        attributes = {"lk.segment_id": "one", "lk.transcription_final": "true"}
        await agent.local_participant.send_text("welcome", topic="lk.transcription", attributes=attributes)
        await until(lambda: adapter.last_agent_transcript == "welcome")
        await until(lambda: adapter.turn_end == "explicit")


async def test_a_wrong_secret_is_the_credentials_fault(url):
    with pytest.raises(VoiceTransportError) as caught:
        await LiveKitAgentAdapter(url, _KEY, "another secret of 32 characters..", "room").connect()
    assert caught.value.fault == "credentials"
