"""`WebSocketAgentAdapter` with real servers on loopback, and protocols of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import TYPE_CHECKING

import pytest

from scenario.voice import (
    AudioChunk,
    UnsupportedCapabilityError,
    VoiceTransportError,
    WebSocketAgentAdapter,
)
from tests.transports.peers.protocols import Raw, Talkative
from tests.transports.peers.sockets import reset, websocket_peer

if TYPE_CHECKING:
    from scenario.voice import VoiceAgentAdapter


async def echo(connection) -> None:
    async for frame in connection:
        await connection.send(frame)


def says(*frames: str | bytes):
    """Return a server that says this to whoever connects."""

    async def handler(connection) -> None:
        for frame in frames:
            await connection.send(frame)
        await connection.wait_closed()

    return handler


async def received(adapter: VoiceAgentAdapter, size: int) -> bytes:
    audio = b""
    while len(audio) < size:
        audio += (await adapter.recv_audio(5)).data
    return audio


async def test_two_methods_make_a_protocol():
    ramp = b"".join(number.to_bytes(2, "little") for number in range(24_000))
    async with websocket_peer(echo) as url, WebSocketAgentAdapter(url, Raw()) as adapter:
        await adapter.send_audio(AudioChunk(ramp))
        assert await received(adapter, len(ramp)) == ramp
        assert (adapter.turn_end, adapter.waits_for_turn_end, adapter.paced) == ("gap", False, False)


async def test_audio_that_comes_before_any_request_is_received_and_text_is_skipped():
    peer = websocket_peer(says("welcome", b"\1\2"))
    async with peer as url, WebSocketAgentAdapter(url, Raw()) as adapter:
        assert (await adapter.recv_audio(5)).data == b"\1\2"


async def test_samples_that_frames_split_are_put_together():
    frames = (b"\1", b"\2\3\4\5", b"\6", b"\7\0")
    async with websocket_peer(says(*frames)) as url, WebSocketAgentAdapter(url, Raw()) as adapter:
        assert await received(adapter, 8) == b"\1\2\3\4\5\6\7\0"


async def test_headers_and_subprotocols_reach_the_peer():
    seen = []

    async def look(connection) -> None:
        seen.append((connection.request.headers["Authorization"], connection.subprotocol))
        await connection.wait_closed()

    async with websocket_peer(look, subprotocols=["agent.v2"]) as url:
        adapter = WebSocketAgentAdapter(
            url, Raw(), headers={"Authorization": "Bearer SECRET-key"}, subprotocols=["agent.v3", "agent.v2"]
        )
        async with adapter:
            await asyncio.sleep(0.05)
            shown = f"{adapter!r} {vars(adapter)!r}"
    assert seen == [("Bearer SECRET-key", "agent.v2")]
    assert "SECRET" not in shown


async def test_every_hook_is_heard_by_the_peer_in_its_place():
    heard = []
    said = asyncio.Event()

    async def vendor(connection) -> None:
        async for frame in connection:
            heard.append(json.loads(frame)["type"])
            if heard[-1] == "end":
                audio = base64.b64encode(bytes(4)).decode()
                for event in ({"type": "ping"}, {"type": "audio", "data": audio, "text": "yes"}):
                    await connection.send(json.dumps(event))
                await connection.send('{"type": "done"}')
        said.set()

    async with websocket_peer(vendor) as url:
        async with WebSocketAgentAdapter(url, Talkative()) as adapter:
            assert adapter.capabilities.interruption
            assert (adapter.turn_end, adapter.waits_for_turn_end) == ("explicit", True)
            await adapter.begin_user_turn()
            await adapter.send_audio(AudioChunk(bytes(400)))
            await adapter.end_user_turn()
            answer, end = await adapter.recv_audio(5), await adapter.recv_audio(5)
            assert (answer.data, answer.transcript, end.data) == (bytes(4), "yes", b"")
            assert await adapter.interrupt() is True
        await asyncio.wait_for(said.wait(), 5)
    assert heard == ["hello", "audio", "audio", "end", "pong", "stop", "bye"]


async def test_without_the_hook_it_cannot_interrupt():
    async with websocket_peer(echo) as url, WebSocketAgentAdapter(url, Raw()) as adapter:
        assert not adapter.capabilities.interruption
        with pytest.raises(UnsupportedCapabilityError, match="WebSocketAgentAdapter does not support"):
            await adapter.interrupt()


async def test_another_rate_is_converted_both_ways():
    class Slow(Raw):
        sample_rate = 8000

    sizes = []

    async def count(connection) -> None:
        async for frame in connection:
            sizes.append(len(frame))
            await connection.send(frame)

    async with websocket_peer(count) as url, WebSocketAgentAdapter(url, Slow()) as adapter:
        assert adapter.capabilities.input_formats == adapter.capabilities.output_formats == ["pcm16/8000"]
        await adapter.send_audio(AudioChunk(bytes(48_000)))
        await adapter.end_user_turn()
        audio = await received(adapter, 47_000)
    assert sum(sizes) == 16_000
    assert len(audio) == pytest.approx(48_000, abs=500), "at most 10 ms stay in the filter"


async def test_with_pace_frames_leave_at_real_time_speed_and_nothing_is_added():
    times = []
    audio = []

    async def listen(connection) -> None:
        async for frame in connection:
            times.append(time.monotonic())
            audio.append(frame)

    sent = bytes(range(256)) * 180 + b"end!"  # 960 ms and a little
    async with websocket_peer(listen) as url, WebSocketAgentAdapter(url, Raw(), pace=True) as adapter:
        await adapter.send_audio(AudioChunk(sent[:24_000]))
        await adapter.send_audio(AudioChunk(sent[24_000:]))
        await asyncio.sleep(0.05)
    assert b"".join(audio) == sent
    assert [len(frame) for frame in audio[:-1]] == [960] * (len(audio) - 1)
    assert times[-1] - times[0] == pytest.approx(0.96, abs=0.1)


@pytest.mark.parametrize("pace", [False, True])
async def test_an_error_in_a_method_names_it_and_the_connection_stays(pace):
    class Broken(Raw):
        def encode_audio(self, audio):
            if audio[0] == 7:
                raise KeyError("seven")
            return audio

        def decode_response(self, message):
            return {"audio": message} if message[0] == 9 else super().decode_response(message)

    async with websocket_peer(echo) as url, WebSocketAgentAdapter(url, Broken(), pace=pace) as adapter:
        with pytest.raises(VoiceTransportError, match=r"Broken.encode_audio\(\) raised KeyError: 'seven'"):
            await adapter.send_audio(AudioChunk(b"\7\7"))
        await adapter.send_audio(AudioChunk(b"\x09\x09"))
        await adapter.send_audio(AudioChunk(b"\1\1"))
        with pytest.raises(VoiceTransportError, match=r"decode_response\(\) must return an AudioChunk"):
            await adapter.recv_audio(5)
        assert (await adapter.recv_audio(5)).data == b"\1\1"


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_lost_connection_is_raised_within_a_second_by_every_call(how):
    async def leave(connection) -> None:
        await connection.recv()
        if how == "reset":
            reset(connection)
        else:
            await connection.close(1011, "out of memory")

    async with websocket_peer(leave) as url, WebSocketAgentAdapter(url, Raw()) as adapter:
        await adapter.send_audio(AudioChunk(b"\1\1"))
        began = time.monotonic()
        for call in (adapter.recv_audio(20), adapter.recv_audio(20), adapter.send_audio(AudioChunk(b"\1\1"))):
            with pytest.raises(VoiceTransportError) as caught:
                await call
            assert caught.value.code == (1006 if how == "reset" else 1011)
            assert caught.value.adapter == "WebSocketAgentAdapter"
        assert time.monotonic() - began < 1


async def test_after_a_loss_it_can_connect_again_with_nothing_left_of_the_last_connection():
    async def one_and_a_half(connection) -> None:
        await connection.send(b"\1\2\3")
        await connection.close(1001)

    async with websocket_peer(one_and_a_half) as url:
        adapter = WebSocketAgentAdapter(url, Raw())
        for _ in range(2):
            await adapter.connect()
            assert (await adapter.recv_audio(5)).data == b"\1\2"
            with pytest.raises(VoiceTransportError):
                await adapter.recv_audio(5)
        await adapter.disconnect()


async def test_without_a_connection_every_call_says_so():
    adapter = WebSocketAgentAdapter("ws://127.0.0.1:1", Raw())
    for call in (adapter.recv_audio(1), adapter.send_audio(AudioChunk(b"")), adapter.end_user_turn()):
        with pytest.raises(RuntimeError, match="WebSocketAgentAdapter: not connected; connect it first"):
            await call
    await adapter.disconnect()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"url": "http://example.org/?key=SECRET-x"}, "url must begin with wss:// or ws://"),
        ({"url": "ws://example.org", "frame_ms": 0}, "frame_ms must be positive"),
    ],
)
def test_wrong_arguments_are_refused_at_once(arguments, problem):
    with pytest.raises(ValueError, match=problem) as caught:
        WebSocketAgentAdapter(protocol=Raw(), **arguments)
    assert "SECRET" not in str(caught.value)


def test_it_is_shown_without_query_and_credentials():
    adapter = WebSocketAgentAdapter("wss://me:SECRET@example.org/agent?key=SECRET", Raw())
    assert repr(adapter) == "WebSocketAgentAdapter(url='wss://example.org/agent')"
    assert adapter.url == "wss://me:SECRET@example.org/agent?key=SECRET"
