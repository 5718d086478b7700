"""Our pings leave in time, and a peer that answers none is gone; unless it is known to be slow."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from scenario.voice import GeminiLiveAgentAdapter, VoiceTransportError
from scenario.voice.adapters._connection.dialling import KEEP_ALIVE, KeepAlive
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.websocket import WebSocketLink
from tests.transports.bare import BareAdapter
from tests.transports.peers.gemini_live import SETUP_COMPLETE
from tests.transports.peers.sockets import tcp_peer


class PingedPeer:
    """A WebSocket server that answers pings only after a while, or never.

    Attributes:
        times: when pings came.
        delay: seconds until a ping is answered; `None` is never.
        greeting: a text frame that is sent for the first data frame.
    """

    def __init__(self, *, delay: float | None, greeting: str = "") -> None:
        self.times: list[float] = []
        self.delay = delay
        self.greeting = greeting

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = ServerProtocol(max_size=2**24)
        protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
        protocol.send_response(protocol.accept(protocol.events_received()[0]))
        writer.writelines(protocol.data_to_send())
        async with asyncio.TaskGroup() as answers:
            while data := await reader.read(65536):
                protocol.receive_data(data)
                for event in protocol.events_received():
                    if isinstance(event, Frame) and event.opcode is Opcode.PING:
                        self.times.append(time.monotonic())
                    elif isinstance(event, Frame) and event.opcode is Opcode.TEXT and self.greeting:
                        protocol.send_text(self.greeting.encode())
                        writer.writelines(protocol.data_to_send())
                answer = protocol.data_to_send()
                if protocol.state is State.CLOSING:
                    writer.writelines(answer)
                    return
                if self.delay is not None:
                    answers.create_task(self._later(writer, answer, self.delay))

    async def _later(self, writer: asyncio.StreamWriter, answer: list[bytes], delay: float) -> None:
        await asyncio.sleep(delay)
        writer.writelines(answer)


def link(url: str, keep_alive: KeepAlive) -> tuple[WebSocketLink, Inbox]:
    adapter = BareAdapter()
    inbox = Inbox(adapter)

    async def ignore(frame: str | bytes) -> None:
        pass

    return WebSocketLink(adapter, url, on_frame=ignore, on_lost=inbox.fail, keep_alive=keep_alive), inbox


def test_a_ping_leaves_every_twenty_seconds_unless_something_else_is_said():
    assert KeepAlive() == KEEP_ALIVE == (20.0, 20.0)


async def test_pings_leave_at_their_interval_and_an_answered_connection_lives():
    peer = PingedPeer(delay=0.0)
    async with tcp_peer(peer) as url:
        connection, inbox = link(url, KeepAlive(0.2, 1.0))
        began = time.monotonic()
        await connection.open()
        await asyncio.sleep(2.1)
        assert inbox.error is None
        elapsed = time.monotonic() - began
        await connection.close()
    assert 5 <= len(peer.times) <= elapsed / 0.2, peer.times


async def test_a_peer_that_answers_no_ping_is_noticed():
    peer = PingedPeer(delay=None)
    async with tcp_peer(peer) as url:
        connection, inbox = link(url, KeepAlive(0.3, 0.3))
        await connection.open()
        began = time.monotonic()
        with pytest.raises(VoiceTransportError) as caught:
            await inbox.take(10)
        assert time.monotonic() - began < 5
        await connection.close()
    assert peer.times
    assert caught.value.fault == "peer"
    assert "keepalive ping timeout" in caught.value.reason


async def test_a_peer_that_is_known_to_be_slow_may_take_its_time():
    peer = PingedPeer(delay=1.5)
    async with tcp_peer(peer) as url:
        connection, inbox = link(url, KeepAlive(0.3, None))
        await connection.open()
        await asyncio.sleep(2.0)
        assert inbox.error is None
        await connection.send("still here")
        await connection.close()
    assert len(peer.times) >= 2


async def test_gemini_may_be_slow(monkeypatch):
    """What has been measured of the service: pongs after 8 to 30 s while the model is busy."""
    from scenario.voice.adapters._gemini import connection

    assert connection._KEEP_ALIVE == (20.0, None)
    monkeypatch.setattr(connection, "_KEEP_ALIVE", connection._KEEP_ALIVE._replace(interval=0.2))
    peer = PingedPeer(delay=None, greeting=SETUP_COMPLETE)
    async with tcp_peer(peer) as url, GeminiLiveAgentAdapter(api_key="SECRET", base_url=url) as adapter:
        with pytest.raises(TimeoutError):
            await adapter.recv_audio(1.5)
        assert len(peer.times) >= 2


async def test_the_system_ends_the_connection_to_a_machine_that_is_gone():
    async with tcp_peer(PingedPeer(delay=0.0)) as url:
        connection, _ = link(url, KEEP_ALIVE)
        await connection.open()
        raw = connection._connection.transport.get_extra_info("socket")
        option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux has it
        assert option is None or raw.getsockopt(socket.IPPROTO_TCP, option) == 40_000
        await connection.close()
