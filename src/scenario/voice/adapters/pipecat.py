"""A Pipecat bot, over WebSocket or WebRTC."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from scenario.voice._secret import Secret, concealed, secrets_within
from scenario.voice.adapters._connection.urls import checked_url
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import UnsupportedCapabilityError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._pipecat.bot import Bot
    from scenario.voice.adapters._pipecat.rtvi import Rtvi

__all__ = ["PipecatAgentAdapter"]

_FORMATS = ["pcm16/24000", "mulaw/8000", "opus"]


class _DefaultText(str):
    __slots__ = ()


class _DefaultRate(int):
    __slots__ = ()


_MULAW = _DefaultText("mulaw")
_RATE = _DefaultRate(8000)
"""Defaults that can be told from what the user wrote: they are those of the Twilio framing."""


class PipecatAgentAdapter(VoiceAgentAdapter):
    """Talks to a bot built with Pipecat, in the way that its transport and serializer expect.

    Args:
        url: `ws://` or `wss://` of the bot; for `transport="websocket"`.
        signaling_url: where offers are posted, usually `.../api/offer`; for `transport="webrtc"`.
        transport: `"websocket"`, or `"webrtc"` for Pipecat's SmallWebRTC.
        audio_format: of the user's audio: `"mulaw"` with the Twilio framing, `"pcm16"` with protobuf,
            `"opus"` with WebRTC. Only for those who want it checked: nothing else is possible.
        sample_rate: of the user's audio: 8000 with the Twilio framing, any with protobuf (16000 by default),
            48000 with WebRTC.
        stream_sid: id of the stream in the Twilio framing; one is made up for each connection.
        call_sid: id of the call in the Twilio framing; likewise.
        serializer: the bot's: `"twilio"` or `"protobuf"`.
        custom_parameters: what the bot reads from the start of a Twilio stream; never shown.
        request_data: what the bot is given with the WebRTC offer; never shown.
        headers: of the handshake or of the offers; never shown.

    Raises:
        ValueError: an address is missing or is none, or a combination that no bot understands.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True,
        native_vad=True,
        interruption=True,
        input_formats=_FORMATS,
        output_formats=_FORMATS,
    )
    turn_end = "vad"
    paced = True
    continuous = True

    def __init__(
        self,
        url: str | None = None,
        *,
        signaling_url: str | None = None,
        transport: Literal["websocket", "webrtc"] = "websocket",
        audio_format: str = _MULAW,
        sample_rate: int = _RATE,
        stream_sid: str | None = None,
        call_sid: str | None = None,
        serializer: Literal["twilio", "protobuf"] = "twilio",
        custom_parameters: Mapping[str, str] | None = None,
        request_data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if transport not in ("websocket", "webrtc"):
            raise ValueError(f"transport must be 'websocket' or 'webrtc', got {transport!r}")
        if serializer not in ("twilio", "protobuf"):
            raise ValueError(f"serializer must be 'twilio' or 'protobuf', got {serializer!r}")
        needed = "url" if transport == "websocket" else "signaling_url"
        if not (url if transport == "websocket" else signaling_url):
            raise ValueError(f"PipecatAgentAdapter(transport={transport!r}) needs {needed}=...")
        self.transport = transport
        self.serializer = serializer
        self.url = url and checked_url(url, name="url", schemes=("wss", "ws"))
        self.signaling_url = signaling_url and checked_url(
            signaling_url, name="signaling_url", schemes=("https", "http")
        )
        self.audio_format, self.sample_rate = self._checked_format(audio_format, sample_rate)
        self.stream_sid = stream_sid
        self.call_sid = call_sid
        self.custom_parameters: dict[str, str] = concealed(custom_parameters or {})
        self.request_data: dict[str, Any] = concealed(request_data or {})
        self.headers = {name: Secret(value) for name, value in (headers or {}).items()}
        self.capabilities = self._capabilities()
        self._bot: Bot | None = None
        self._rtvi: Rtvi | None = None

    @property
    def transport_format(self) -> str:
        """The format of the user's audio on the wire, for example `mulaw/8000`."""
        return f"{self.audio_format}/{self.sample_rate}"

    async def connect(self) -> None:
        """Connect, and begin to send: silence, until the user speaks.

        Raises:
            VoiceTransportError: the bot cannot be reached or refuses; `fault` says what is wrong.
            MissingVoiceDependencyError: an extra (`voice`, for WebRTC `webrtc`) is not installed.
        """
        if self._bot is not None and self._bot.error is None:
            return
        await self.disconnect()
        self.capabilities = self._capabilities()
        self.streaming_transcript, self.last_user_transcript, self.last_agent_transcript = "", None, None
        self._bot = bot = self._new_bot()
        try:
            await bot.open()
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Say goodbye, and close."""
        bot, self._bot, self._rtvi = self._bot, None, None
        if bot is not None:
            await bot.close()

    async def begin_user_turn(self) -> None:
        """What the bot says when it begins to speak again is its next turn."""
        if self._rtvi is not None:
            self._rtvi.user_turn_begins()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Send audio, at the speed of speech."""
        await self._connected().play(chunk.data)

    async def end_user_turn(self) -> None:
        """Send what the converter has kept of the turn."""
        await self._connected().flush()
        if self._rtvi is not None:
            self._rtvi.user_turn_ends()

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the bot."""
        return await self._connected().inbox.take(timeout)

    async def interrupt(self) -> bool | None:
        """Stop the bot; only the protobuf framing has a word for it.

        Raises:
            UnsupportedCapabilityError: other bots stop when they are spoken over, and only then.
        """
        if not self.capabilities.interruption:
            return await super().interrupt()
        from scenario.voice.adapters._pipecat.protobuf_framing import ProtobufFraming
        from scenario.voice.adapters._pipecat.socket_bot import SocketBot

        bot = self._connected()
        if isinstance(bot, SocketBot) and isinstance(bot.framing, ProtobufFraming):
            await bot.send(bot.framing.interruption())
        return True

    async def send_dtmf(self, tones: str) -> None:
        """Press keys: one `dtmf` frame each, as Twilio sends them to a bot.

        Args:
            tones: `0-9 * # A-D`, `w` (a pause of 0.5 s) and `W` (1 s).

        Raises:
            ValueError: another character.
            UnsupportedCapabilityError: only the Twilio framing has keys.
        """
        from scenario.voice._audio.dtmf import check_tones
        from scenario.voice.adapters._pipecat.socket_bot import SocketBot
        from scenario.voice.adapters._pipecat.twilio_framing import TwilioFraming

        if not self.capabilities.dtmf:
            raise UnsupportedCapabilityError(
                "PipecatAgentAdapter", "dtmf", "only bots with the Twilio serializer take keys"
            )
        check_tones(tones)
        bot = self._connected()
        for tone in tones:
            if tone in "wW":
                await self.clock.sleep(0.5 if tone == "w" else 1.0)
            elif isinstance(bot, SocketBot) and isinstance(bot.framing, TwilioFraming):
                await bot.send(bot.framing.digit(tone))

    def __repr__(self) -> str:
        if self.transport == "webrtc":
            return f"PipecatAgentAdapter(transport='webrtc', signaling_url={self.signaling_url!r})"
        return f"PipecatAgentAdapter(transport='websocket', url={self.url!r})"

    def _connected(self) -> Bot:
        if self._bot is None:
            raise self.not_connected()
        return self._bot

    def _new_bot(self) -> Bot:
        if self.transport == "webrtc":
            from scenario.voice.adapters._pipecat.small_webrtc_bot import SmallWebRtcBot

            url = self.signaling_url or ""
            bot = SmallWebRtcBot(self, url, headers=self.headers, request_data=self.request_data)
            self._rtvi = bot.rtvi
            return bot
        from scenario.voice.adapters._pipecat.socket_bot import SocketBot

        secrets = secrets_within(self.custom_parameters)
        socket = SocketBot(self, self.url or "", headers=self.headers, secrets=secrets)
        if self.serializer == "twilio":
            from scenario.voice.adapters._pipecat.twilio_framing import TwilioFraming

            socket.framing = TwilioFraming(
                socket,
                stream_sid=self.stream_sid or f"MZ{uuid.uuid4().hex}",
                call_sid=self.call_sid or f"CA{uuid.uuid4().hex}",
                custom_parameters=self.custom_parameters,
            )
        else:
            from scenario.voice.adapters._pipecat.protobuf_framing import ProtobufFraming
            from scenario.voice.adapters._pipecat.rtvi import Rtvi

            self._rtvi = Rtvi(self, socket.stopped)
            socket.framing = ProtobufFraming(socket, self._rtvi, self.sample_rate)
        return socket

    def _checked_format(self, encoding: str, rate: int) -> tuple[str, int]:
        """Return what the user's audio is sent as, if that is what was asked for."""
        from scenario.voice._audio.formats import AudioFormat

        if self.transport == "webrtc":
            way, wanted, usual = "WebRTC", "opus", 48_000
        elif self.serializer == "protobuf":
            way, wanted, usual = "the protobuf serializer", "pcm16", 16_000
        else:
            way, wanted, usual = "the Twilio serializer", "mulaw", 8_000
        if not isinstance(encoding, _DefaultText) and encoding != wanted:
            raise ValueError(f"{way} carries audio_format={wanted!r} only, got {encoding!r}")
        if isinstance(rate, _DefaultRate):
            return wanted, usual
        if wanted == "pcm16":
            AudioFormat("pcm16", rate)  # raises for a rate that no audio has
            if rate % 50:
                raise ValueError(f"sample_rate must be a multiple of 50, for frames of 20 ms; got {rate!r}")
        elif rate != usual:
            raise ValueError(f"{way} carries sample_rate={usual} only, got {rate!r}")
        return wanted, rate

    def _capabilities(self) -> AdapterCapabilities:
        """Return the truth for this transport; RTVI adds to it when the bot is ready."""
        twilio = self.transport == "websocket" and self.serializer == "twilio"
        formats = ["opus"] if self.transport == "webrtc" else [self.transport_format]
        return replace(
            type(self).capabilities,
            streaming_transcripts=False,
            native_vad=False,
            dtmf=twilio,
            interruption=self.transport == "websocket" and not twilio,
            input_formats=formats,
            output_formats=list(formats),
        )
