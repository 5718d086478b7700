"""An agent behind a WebSocket that speaks a protocol of its own."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario.errors import exception_text
from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.urls import checked_url, host_of
from scenario.voice.adapters._custom_protocol import WebSocketProtocol, ask, has_own
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._audio.converter import Decoder, Encoder
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._connection.pacer import Pacer
    from scenario.voice.adapters._connection.websocket import WebSocketLink
    from scenario.voice.adapters._custom_protocol import Frames

__all__ = ["WebSocketAgentAdapter", "WebSocketProtocol"]

_logger = logging.getLogger("scenario.voice")
_GOODBYE_SECONDS = 1.0


class WebSocketAgentAdapter(VoiceAgentAdapter):
    """Talks to an agent over a WebSocket, in whatever `protocol` says.

    Args:
        url: `ws://` or `wss://`.
        protocol: how audio is framed, and what else is said.
        headers: of the handshake, for example `{"Authorization": "Bearer ..."}`; never shown.
        subprotocols: offered ones, in order of preference.
        pace: send the user's audio at real-time speed instead of at once.
        frame_ms: length of a frame with `pace`, in milliseconds.

    Raises:
        ValueError: an address that is no WebSocket's, or a frame length or sample rate that is none.
    """

    capabilities = AdapterCapabilities(input_formats=["pcm16/24000"], output_formats=["pcm16/24000"])

    def __init__(
        self,
        url: str,
        protocol: WebSocketProtocol,
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] | None = None,
        pace: bool = False,
        frame_ms: int = 20,
    ) -> None:
        from scenario.voice._audio.formats import AudioFormat

        if frame_ms <= 0:
            raise ValueError(f"frame_ms must be positive milliseconds, got {frame_ms!r}")
        self.url = checked_url(url, name="url", schemes=("wss", "ws"))
        self.protocol = protocol
        self.headers = {name: Secret(value) for name, value in (headers or {}).items()}
        self.subprotocols = list(subprotocols or ())
        self.frame_ms = frame_ms
        self.paced = pace
        self._format = AudioFormat("pcm16", protocol.sample_rate)
        self.capabilities = replace(
            self.capabilities,
            interruption=self._speaks("interrupt"),
            input_formats=[str(self._format)],
            output_formats=[str(self._format)],
        )
        if self._speaks("is_turn_end"):
            self.turn_end = "explicit"
        self.waits_for_turn_end = not pace and self._speaks("end_of_user_turn")
        self._link: WebSocketLink | None = None
        self._pacer: Pacer | None = None
        self._encode_error: VoiceTransportError | None = None

    async def connect(self) -> None:
        """Connect, and send what the protocol wants to be sent first.

        Raises:
            VoiceTransportError: the peer cannot be reached or refuses; `fault` says what is wrong.
        """
        if self._link is not None and self._link.error is None:
            return
        await self.disconnect()
        from scenario.voice._audio.converter import Decoder, Encoder
        from scenario.voice.adapters._connection.inbox import Inbox
        from scenario.voice.adapters._connection.pacer import Pacer
        from scenario.voice.adapters._connection.websocket import WebSocketLink

        self._inbox: Inbox = Inbox(self)
        self._encoder: Encoder = Encoder(self._format)
        self._decoder: Decoder = Decoder(self._format)
        link = WebSocketLink(
            self,
            self.url,
            on_frame=self._on_frame,
            on_lost=self._inbox.fail,
            headers=self.headers,
            subprotocols=self.subprotocols,
        )
        await link.open()
        self._link = link
        if self.paced:
            frame_bytes = self._format.rate * self.frame_ms // 1000 * self._format.bytes_per_sample
            self._pacer = Pacer(
                self.clock, self._send_frame, frame_seconds=self.frame_ms / 1000, frame_bytes=frame_bytes
            )
            self._pacer.start()
        try:
            await self._send(self._ask("on_connect"))
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Send what the protocol wants to be sent last, and close."""
        link, pacer = self._link, self._pacer
        try:
            if pacer is not None:
                await pacer.stop()
            if link is not None and link.error is None:
                async with self.clock.timeout(_GOODBYE_SECONDS):
                    await self._send(self._ask("on_disconnect"))
        except Exception as error:  # noqa: BLE001  # disconnecting never raises
            name = type(self).__name__
            _logger.warning("%s: no orderly goodbye: %s", name, exception_text(error))
        finally:
            self._link = self._pacer = None
            if link is not None:
                await link.close()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Send audio as the protocol frames it."""
        self._connected()
        await self._play(self._encoder.push(chunk.data))

    async def end_user_turn(self) -> None:
        """Tell the peer that the user has finished, if the protocol has words for that."""
        self._connected()
        await self._play(self._encoder.flush())
        await self._send(self._ask("end_of_user_turn"))

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent."""
        self._connected()
        return await self._inbox.take(timeout)

    async def interrupt(self) -> bool | None:
        """Tell the agent to stop, if the protocol has words for that."""
        if not self.capabilities.interruption:
            return await super().interrupt()
        self._connected()
        await self._send(self._ask("interrupt"))
        return True

    def __repr__(self) -> str:
        return f"WebSocketAgentAdapter(url={self.url!r})"

    # Sending

    def _connected(self) -> WebSocketLink:
        if self._link is None:
            raise self.not_connected()
        return self._link

    async def _play(self, pcm: bytes) -> None:
        if not pcm:
            return
        if self._pacer is None:
            await self._send(self._ask("encode_audio", pcm))
            return
        await self._pacer.play(pcm)
        error, self._encode_error = self._encode_error, None
        if error is not None:
            raise error

    async def _send_frame(self, pcm: bytes) -> None:
        try:
            frames = self._ask("encode_audio", pcm)
        except VoiceTransportError as error:
            self._encode_error = error  # raised by `_play`; the pace goes on
            return
        await self._send(frames)

    async def _send(self, frames: Frames) -> None:
        link = self._connected()
        for frame in frames if isinstance(frames, list) else [frames]:
            if frame is not None:
                await link.send(frame)

    # Receiving

    async def _on_frame(self, frame: str | bytes) -> None:
        try:
            if (chunk := self._ask("decode_response", frame)) is not None:
                self._inbox.put_audio(self._decoder.push(chunk.data), chunk.transcript)
            if self._ask("is_turn_end", frame):
                self._inbox.put_audio(self._decoder.flush())
                self._inbox.end_turn()
            answer = self._ask("reply", frame)
        except VoiceTransportError as error:
            self._inbox.put_error(error)
            return
        await self._send(answer)

    # The protocol

    def _speaks(self, hook: str) -> bool:
        return has_own(self.protocol, hook)

    def _ask(self, hook: str, *arguments: Any) -> Any:
        return ask(self.protocol, hook, *arguments, adapter=type(self).__name__, host=host_of(self.url))
