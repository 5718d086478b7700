"""Agents behind WebRTC: aiortc, the same library, on the other side of a loopback HTTP server."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._webrtc.library import hear_at_once
from tests.transports.peers.asgi import asgi_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from aiortc import RTCDataChannel
    from starlette.requests import Request

_FRAME = 480
_RATE = 24_000


@contextmanager
def loopback_only() -> Iterator[None]:
    """Have WebRTC use the loopback address and no other: nothing leaves the machine."""
    with patch("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"]):
        yield


class Mouth(MediaStreamTrack):
    """Says canonical audio at the pace of time, and silence in between, unless it is `sparing`."""

    kind = "audio"
    sparing = False

    def __init__(self) -> None:
        super().__init__()
        self.pending = bytearray()
        self._frames = 0
        self._began = 0.0
        # Whole frames at the codec's rate: it would keep others back for 20 ms.
        self._encoder = Encoder("pcm16/48000")
        self._ready = b""

    def say(self, pcm: bytes) -> None:
        self.pending += pcm

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(self._began + self._frames * 0.02 - loop.time())
        while self.sparing and not self.pending:
            self._frames += 1
            await asyncio.sleep(self._began + self._frames * 0.02 - loop.time())
        pcm = bytes(self.pending[: _FRAME * 2]).ljust(_FRAME * 2, b"\0")
        del self.pending[: _FRAME * 2]
        self._ready += self._encoder.push(pcm)
        mono, self._ready = self._ready[: 4 * _FRAME].rjust(4 * _FRAME, b"\0"), self._ready[4 * _FRAME :]
        frame = av.AudioFrame(format="s16", layout="stereo", samples=2 * _FRAME)
        frame.planes[0].update(np.repeat(np.frombuffer(mono, "<i2"), 2).tobytes())
        frame.sample_rate, frame.time_base = 2 * _RATE, Fraction(1, 2 * _RATE)
        frame.pts = self._frames * 2 * _FRAME
        self._frames += 1
        return frame


class Call:
    """One connection of a client.

    Attributes:
        connection: the library's.
        mouth: what the client hears.
        heard: what the client said, as canonical audio.
        listener: is shown the same piece by piece.
        channels: data channels that the client opened.
        arrived: when each piece came, on the loop's clock.
        connected: set when audio can flow.
        ended: set when the client's audio has ended.
    """

    def __init__(self, *, listener: Callable[[bytes], None] | None = None) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.mouth = Mouth()
        self.heard = bytearray()
        self.arrived: list[float] = []
        self.listener = listener
        self.channels: list[RTCDataChannel] = []
        self.ended = asyncio.Event()
        self.connected = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", self._track)
        self.connection.on("connectionstatechange", self._changed)
        self.connection.on("datachannel", self.channels.append)

    async def answer(self, offer: str, codecs: str | None = None) -> str:
        self.connection.addTrack(self.mouth)
        if codecs is not None:
            known = RTCRtpSender.getCapabilities("audio").codecs
            (transceiver,) = self.connection.getTransceivers()
            transceiver.setCodecPreferences([codec for codec in known if codec.name == codecs])
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    @property
    def transport(self) -> Any:
        """What carries media and messages, encrypted."""
        return self.connection.getSenders()[0].transport

    def lose_packets(self, share: float) -> None:
        """Lose that share of the audio in both directions."""
        chance, send = random.Random(5), self.transport._send_rtp
        receiver = self.connection.getReceivers()[0]
        handle = receiver._handle_rtp_packet

        async def lossy_send(data: bytes) -> None:
            if 64 <= data[1] & 0x7F < 96 or chance.random() >= share:  # reports are not lost
                await send(data)

        async def lossy_handle(packet: Any, **when: Any) -> None:
            if chance.random() >= share:
                await handle(packet, **when)

        self.transport._send_rtp = lossy_send
        receiver._handle_rtp_packet = lossy_handle

    def disturb(self) -> None:
        """Swap every tenth packet with the next, and send one without content after every fifth.

        Half a second later all of it is another source's, which counts packets and time from elsewhere.
        """
        transport, send, count, kept = self.transport, self.transport._send_rtp, 0, b""
        extensions = HeaderExtensionsMap()

        async def disturbed(data: bytes) -> None:
            nonlocal count, kept
            if 64 <= data[1] & 0x7F < 96:
                await send(data)
                return
            count += 1
            packet = RtpPacket.parse(data, extensions)
            packet.sequence_number = (packet.sequence_number * 2) % 0x10000  # room for those in between
            if count > 25:
                packet.ssrc ^= 1
                packet.sequence_number = (packet.sequence_number - 40) % 0x10000
                packet.timestamp = (packet.timestamp + 7_000_000) % 0x1_0000_0000
            data, held, kept = packet.serialize(extensions), kept, b""
            if count % 10 == 0:
                kept = data
                return
            await send(data)
            if held:
                await send(held)
            if count % 5 == 1:
                packet.sequence_number = (packet.sequence_number + 1) % 0x10000
                packet.payload = b""
                await send(packet.serialize(extensions))

        transport._send_rtp = disturbed

    def vanish(self) -> None:
        """Send nothing any more, not even a goodbye."""

        async def nothing(data: bytes = b"") -> None: ...

        self.transport._send_rtp = self.transport._write_ssl = self.transport._send_data = nothing

    async def close(self) -> None:
        await asyncio.shield(self.connection.close())  # it breaks when one of its callers is cancelled
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _changed(self) -> None:
        if self.connection.connectionState == "connected":
            self.connected.set()

    def _track(self, track: MediaStreamTrack) -> None:
        hear_at_once(self.connection.getReceivers()[0])
        self._tasks.append(asyncio.create_task(self._hear(track)))

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler("s16", "mono", _RATE)
        try:
            while True:
                for frame in resampler.resample(await track.recv()):
                    pcm = frame.to_ndarray().tobytes()
                    self.heard += pcm
                    self.arrived.append(asyncio.get_running_loop().time())
                    if self.listener is not None:
                        self.listener(pcm)
        except MediaStreamError:
            self.ended.set()


class WebRTCServer:
    """Answers offers in both forms: `/offer` takes JSON, `/whip` session descriptions.

    Attributes:
        calls: connections so far.
        requests: method, path, headers and body of every request.
        deleted: sessions that were deleted.
        codecs: the one codec that is answered with; `None` for all.
        munge: what becomes of each session description that is answered.
        refusal: status and body that every offer gets instead of an answer.
        on_call: is told of each new call.
    """

    def __init__(self, on_call: Callable[[Call], None] | None = None) -> None:
        self.calls: list[Call] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.deleted: list[str] = []
        self.codecs: str | None = None
        self.munge: Callable[[str], str] = str
        self.refusal: tuple[int, str] | None = None
        self.location = "/session/{number}?token=of-the-session"
        self._on_call = on_call
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[WebRTCServer]:
        app = Starlette(
            routes=[
                Route("/offer", self._json, methods=["POST"]),
                Route("/whip", self._whip, methods=["POST"]),
                Route("/session/{number}", self._delete, methods=["DELETE"]),
            ]
        )
        with loopback_only():
            async with asgi_peer(app) as self.url:
                try:
                    yield self
                finally:
                    for call in self.calls:
                        await call.close()

    async def _answer(self, offer: str) -> str:
        call = Call()
        self.calls.append(call)
        answer = await call.answer(offer, self.codecs)
        if self._on_call is not None:
            self._on_call(call)
        return self.munge(answer)

    async def _json(self, request: Request) -> Response:
        await self._note(request)
        if self.refusal is not None:
            return PlainTextResponse(self.refusal[1], self.refusal[0])
        offer = await request.json()
        assert offer["type"] == "offer"
        answer = await self._answer(offer["sdp"])
        return JSONResponse({"sdp": answer, "type": "answer", "session": "the agent's own"})

    async def _whip(self, request: Request) -> Response:
        body = await self._note(request)
        if self.refusal is not None:
            return PlainTextResponse(self.refusal[1], self.refusal[0])
        assert request.headers["content-type"] == "application/sdp"
        answer = await self._answer(body.decode())
        headers = {"Location": self.location.format(number=len(self.calls))}
        return Response(answer, 201, headers, "application/sdp")

    async def _delete(self, request: Request) -> Response:
        await self._note(request)
        self.deleted.append(request.path_params["number"])
        return Response(status_code=200)

    async def _note(self, request: Request) -> bytes:
        body = await request.body()
        self.requests.append((request.method, str(request.url), dict(request.headers), body))
        return body
