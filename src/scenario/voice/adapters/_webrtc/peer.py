"""One peer connection: audio in both directions, messages, and the news that it is lost."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from scenario.errors import exception_text

from scenario.voice.adapters._webrtc.library import hear_at_once  # isort: skip  # says what is missing

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._connection.punctual import Punctual
from scenario.voice.adapters._webrtc.answers import flaw_of
from scenario.voice.adapters._webrtc.incoming import IncomingAudio
from scenario.voice.adapters._webrtc.outgoing import FRAME_BYTES, FRAME_SECONDS, RATE, SILENCE, OutgoingTrack
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from aiortc import RTCDataChannel, RTCIceServer

    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import Fault

_logger = logging.getLogger("scenario.voice")

CONNECT_SECONDS = 15.0
SILENT_SECONDS = 10.0
"""So long may a peer send nothing at all, neither media nor reports on ours."""
_CLOSE_SECONDS = 3.0


class Peer:
    """A connection of an adapter; the next connection is another peer.

        self._peer = Peer(self, host=..., on_audio=inbox.put_audio, on_lost=inbox.fail)
        await self._peer.open(signalling.exchange)     # in connect()
        await self._peer.play(chunk.data)              # in send_audio(); flush() in end_user_turn()
        await self._peer.close()                       # in disconnect(); never raises

    From the connection on a frame leaves every 20 ms, silence when the user says nothing.

    Args:
        adapter: whose connection it is; gives its name to errors, and the clock.
        host: the peer as errors name it.
        on_audio: gets what the agent says, as canonical audio.
        on_lost: called once when the connection ends before `close()`.
        on_message: gets the text messages of every data channel.
        on_channel: called when our data channel is open.
        channel: its label. It is the one that we open; the peer may open others.
        ice_servers: STUN and TURN servers; without any, only addresses of this machine are offered, and no
            other machine is asked for anything.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        *,
        host: str,
        on_audio: Callable[[bytes], None],
        on_lost: Callable[[VoiceTransportError], None],
        on_message: Callable[[str], None],
        on_channel: Callable[[], None] | None = None,
        channel: str = "scenario",
        ice_servers: Sequence[RTCIceServer] = (),
    ) -> None:
        self._adapter = adapter
        self._host = host
        self._on_audio = on_audio
        self._on_lost = on_lost
        self._on_message = on_message
        self._closing = False
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.error: VoiceTransportError | None = None
        """Why the connection ended, if it did so before `close()`."""
        bundled = RTCBundlePolicy.MAX_BUNDLE  # one way for audio and messages
        self._connection = RTCPeerConnection(RTCConfiguration(list(ice_servers), bundlePolicy=bundled))
        self._connection.on("connectionstatechange", self._state_changed)
        self._connection.on("datachannel", self._listen_to)
        self._track = OutgoingTrack()
        self._transceiver = self._connection.addTransceiver(self._track, direction="sendrecv")
        hear_at_once(self._transceiver.receiver)
        self._channel = self._connection.createDataChannel(channel)
        self._listen_to(self._channel)
        if on_channel is not None:
            self._channel.on("open", on_channel)
        self._encoder = Encoder(f"pcm16/{RATE}")
        self._pacer = Pacer(
            adapter.clock,
            self._track.put,
            frame_seconds=FRAME_SECONDS,
            frame_bytes=FRAME_BYTES,
            silence=SILENCE,
            continuous=True,
        )

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncGenerator[None]:
        """Have the block raise a `VoiceTransportError` if it takes longer.

        Raises:
            VoiceTransportError: `fault` is `host`.
        """
        try:
            async with self._adapter.clock.timeout(seconds):
                yield
        except TimeoutError:
            raise self._lost("host", f"not connected within {seconds:g} s: {self._states()}") from None

    async def open(self, exchange: Callable[[str], Awaitable[str]]) -> None:
        """Offer, and wait until audio can flow, at most 15 s from the answer on.

        Args:
            exchange: sends our session description to the peer and returns its own.

        Raises:
            VoiceTransportError: the answer is unfit, or no connection came about; `fault` says which.
        """
        await self.negotiate(exchange)
        try:
            with self._adapter.clock.hold():
                async with self._adapter.clock.timeout(CONNECT_SECONDS):
                    while self._connection.connectionState != "connected":
                        if self.error is not None:
                            raise self.error
                        self._changed.clear()
                        await self._changed.wait()
        except TimeoutError:
            raise self._lost(
                "media", f"no way for audio within {CONNECT_SECONDS:g} s: {self._states()}"
            ) from None
        self._pacer.start()
        name = type(self._adapter).__name__
        self._tasks = [
            asyncio.create_task(self._receive(), name=f"{name} receiver"),
            asyncio.create_task(self._watch(), name=f"{name} watch"),
        ]

    async def negotiate(self, exchange: Callable[[str], Awaitable[str]]) -> None:
        """Send an offer, the first or a new one on the same connection, and take the answer.

        The library gathers every candidate before it gives the description: there are no late ones to send.

        Raises:
            VoiceTransportError: the answer is unfit.
        """
        connection = self._connection
        await connection.setLocalDescription(await connection.createOffer())
        answer = await exchange(connection.localDescription.sdp)
        if (flaw := flaw_of(answer)) is not None:
            raise self._lost(*flaw)
        try:
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except Exception as error:
            why = f"the peer's answer does not fit our offer ({exception_text(error)})"
            raise self._lost("codec", why) from error

    async def play(self, pcm: bytes) -> None:
        """Send canonical audio at its pace; return when the last of it has left.

        Raises:
            VoiceTransportError: the connection is lost.
        """
        await self._pacer.play(self._encoder.push(pcm))

    async def flush(self) -> None:
        """Send what the converter has kept."""
        await self._pacer.play(self._encoder.flush())

    def say(self, text: str) -> None:
        """Send a message through our data channel; while it is not open, the message is dropped."""
        if self._channel.readyState == "open":
            self._channel.send(text)

    def lose(self, fault: Fault, text: str) -> None:
        """End the connection as lost, unless it is over already."""
        if self.error is None and not self._closing:
            self.fail(self._lost(fault, text))

    def fail(self, error: VoiceTransportError) -> None:
        """Have everything that is sent or received raise `error`."""
        self.error = self.error or error
        self._track.fail(error)
        self._changed.set()
        self._on_lost(error)

    async def close(self) -> None:
        """Close and leave nothing behind, within 3 s; never raises."""
        self._closing = True
        tasks, self._tasks = self._tasks, []
        # A task of its own: the library's `close` breaks when one of its callers is cancelled.
        closing = asyncio.create_task(self._connection.close(), name="scenario WebRTC goodbye")
        _goodbyes.add(closing)
        closing.add_done_callback(_goodbye_said)
        try:
            await self._pacer.stop()
            await asyncio.wait({closing}, timeout=_CLOSE_SECONDS)
        finally:
            self._track.stop()
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    # What the library tells

    def _state_changed(self) -> None:
        self._changed.set()
        if self._connection.connectionState in ("failed", "closed"):
            self.lose("media", f"the connection has {self._connection.connectionState}: {self._states()}")

    def _listen_to(self, channel: RTCDataChannel) -> None:
        def hear(message: str | bytes) -> None:
            if isinstance(message, str) and not self._closing:
                self._on_message(message)

        channel.on("message", hear)

    async def _receive(self) -> None:
        audio, live = IncomingAudio(), Punctual(self._adapter.clock)
        track: Any = self._transceiver.receiver.track  # the library's own types are incomplete here
        with suppress(MediaStreamError):
            while True:
                self._on_audio(live.push(audio.push(await track.recv())))
        self.lose("peer", "the peer has ended the connection")

    async def _watch(self) -> None:
        """See whether anything comes: a peer that vanishes says nothing, and its address stays valid."""
        seen, at = 0, self._adapter.clock.now()
        while True:
            await self._adapter.clock.sleep(1.0)
            now = self._adapter.clock.now()
            received = await self._packets()
            if received != seen:
                seen, at = received, now
            elif now - at >= SILENT_SECONDS:
                self.lose(
                    "peer", f"nothing has come from the peer for {SILENT_SECONDS:g} s: {self._states()}"
                )
                return

    async def _packets(self) -> int:
        report: Any = await self._transceiver.receiver.getStats()
        return sum(item.packetsReceived for item in report.values() if item.type == "transport")

    def _states(self) -> str:
        transport = self._transceiver.receiver.transport
        return f"ICE {transport.transport.state}, DTLS {transport.state}"

    def _lost(self, fault: Fault, text: str) -> VoiceTransportError:
        error = VoiceTransportError(text, adapter=type(self._adapter).__name__, fault=fault, host=self._host)
        if self.error is None:
            self.error = error
        return error


_goodbyes: set[asyncio.Task[None]] = set()
"""Connections that are being closed; kept here because nobody else may wait for them any more."""


def _goodbye_said(task: asyncio.Task[None]) -> None:
    _goodbyes.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _logger.warning("a WebRTC connection did not close: %s", exception_text(error))
