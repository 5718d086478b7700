"""A bot behind a WebSocket: frames of 20 ms for the whole connection, silence when the user says nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._connection.websocket import WebSocketLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scenario.voice.adapters._pipecat.framing import Frame, Framing
    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import VoiceTransportError

_GOODBYE_SECONDS = 0.5


class SocketBot:
    """One connection; `framing` must be set before it is opened.

    Args:
        adapter: whose connection it is.
        url: of the bot.
        headers: of the handshake.
        secrets: what must not be shown, besides what headers and URL give away.
    """

    framing: Framing

    def __init__(
        self, adapter: VoiceAgentAdapter, url: str, *, headers: Mapping[str, str], secrets: Iterable[str]
    ) -> None:
        self._adapter = adapter
        self.inbox = Inbox(adapter)
        self._link = WebSocketLink(
            adapter, url, on_frame=self._on_frame, on_lost=self.inbox.fail, headers=headers, secrets=secrets
        )
        self._pacer: Pacer | None = None

    @property
    def error(self) -> VoiceTransportError | None:
        """Why the connection ended, if it did so before `close()`."""
        return self._link.error

    async def open(self) -> None:
        """Connect, say what the framing says first, and begin to send."""
        await self._link.open()
        for frame in self.framing.opening():
            await self._link.send(frame)
        self._encoder = Encoder(self.framing.format)
        self._pacer = Pacer(
            self._adapter.clock,
            self._send_audio,
            frame_seconds=0.02,
            frame_bytes=len(self.framing.silence),
            silence=self.framing.silence,
            continuous=True,
        )
        self._pacer.start()

    async def play(self, pcm: bytes) -> None:
        """Send canonical audio at its pace."""
        if self._pacer is not None:
            await self._pacer.play(self._encoder.push(pcm))

    async def flush(self) -> None:
        """Send what the converter has kept."""
        if self._pacer is not None:
            await self._pacer.play(self._encoder.flush())

    async def send(self, frame: Frame) -> None:
        """Send a frame beside the audio."""
        await self._link.send(frame)

    async def close(self) -> None:
        """Say goodbye, and close."""
        pacer, self._pacer = self._pacer, None
        try:
            if pacer is not None:
                await pacer.stop()
                with suppress(Exception):  # the connection ends either way
                    async with self._adapter.clock.timeout(_GOODBYE_SECONDS):
                        for frame in self.framing.closing():
                            await self._link.send(frame)
        finally:
            await self._link.close()

    # What the framing tells

    def audio(self, pcm: bytes) -> None:
        """The bot speaks."""
        self.inbox.put_audio(pcm)

    def stopped(self) -> None:
        """The bot has stopped itself: what has not been heard never will be."""
        self.inbox.drop_audio()
        self._adapter.line.drop_unplayed()

    async def _on_frame(self, frame: str | bytes) -> None:
        self.framing.hear(frame)

    async def _send_audio(self, wire: bytes) -> None:
        await self._link.send(self.framing.audio(wire))
