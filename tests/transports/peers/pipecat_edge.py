"""What goes over the wire of a bot, and when: what happens behind is the bot's own time."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import numpy as np
from aiortc.codecs import get_decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from pipecat.frames.protobufs import frames_pb2

from scenario.voice._audio.converter import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiortc import RTCPeerConnection

_LOUD = 1000
_FIRST_REPORT, _AFTER_REPORTS = 64, 96  # payload types that are RTCP's


class Edge:
    """Of one connection.

    Attributes:
        user_stopped: moment of the user's last loud sample before the bot's first, in monotonic seconds.
        bot_began: moment of the bot's first loud sample; 0 before.
    """

    def __init__(self) -> None:
        self.user_stopped = self.bot_began = 0.0

    def hears(self, pcm: bytes, rate: int) -> None:
        """Take what the bot is sent."""
        loud = _loud(pcm)
        if len(loud) and not self.bot_began:
            self.user_stopped = time.monotonic() - (len(pcm) // 2 - loud[-1]) / rate

    def says(self, pcm: bytes, rate: int) -> None:
        """Take what the bot sends."""
        loud = _loud(pcm)
        if len(loud) and not self.bot_began:
            self.bot_began = time.monotonic() + loud[0] / rate


def _loud(pcm: bytes) -> Any:
    return np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(int)) > _LOUD)


class SocketEdge:
    """An ASGI application, whose WebSocket connections have an `edge` in their scope."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        scope["edge"] = edge = Edge()
        heard, said = _Frames(), _Frames()

        async def receiving() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive":
                edge.hears(*heard.audio(message))
            return message

        async def sending(message: Any) -> None:
            if message["type"] == "websocket.send":
                edge.says(*said.audio(message))
            await send(message)

        await self._app(scope, receiving, sending)


class _Frames:
    """The audio in the frames of one direction."""

    def __init__(self) -> None:
        self._mulaw = Decoder("mulaw/8000")

    def audio(self, message: Any) -> tuple[bytes, int]:
        try:
            if text := message.get("text"):
                return self._mulaw.push(b64decode(json.loads(text)["media"]["payload"])), 24_000
            audio = frames_pb2.Frame.FromString(message["bytes"]).audio
        except Exception:  # no audio, or no frame: tests send such
            return b"", 1
        return audio.audio, audio.sample_rate or 1


def edge_of(connection: RTCPeerConnection) -> Edge:
    """Return the edge of a connection that has been negotiated."""
    edge = Edge()
    sender, receiver = connection.getSenders()[0], connection.getReceivers()[0]
    transport: Any = sender.transport
    handle, send = receiver._handle_rtp_packet, transport._send_rtp
    heard, said = _packets(edge.hears), _packets(edge.says)
    extensions = HeaderExtensionsMap()

    async def handling(packet: Any, **when: Any) -> None:
        heard(packet)
        await handle(packet, **when)

    async def sending(data: bytes) -> None:
        if not _FIRST_REPORT <= data[1] & 0x7F < _AFTER_REPORTS:
            said(RtpPacket.parse(data, extensions))
        await send(data)

    receiver._handle_rtp_packet = handling  # type: ignore[method-assign]
    transport._send_rtp = sending
    return edge


def _packets(take: Callable[[bytes, int], None]) -> Callable[[RtpPacket], None]:
    from aiortc import RTCRtpCodecParameters

    decoder = get_decoder(RTCRtpCodecParameters("audio/opus", 48_000, channels=2))

    def packet_came(packet: RtpPacket) -> None:
        for frame in decoder.decode(JitterFrame(packet.payload, packet.timestamp)):
            stereo = frame.to_ndarray().reshape(-1, 2)
            take(stereo[:, 0].astype("<i2").tobytes(), 48_000)

    return packet_came
