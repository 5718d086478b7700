"""An assistant of Vapi."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scenario.voice._secret import Secret, concealed, required_key
from scenario.voice.adapters._connection.urls import checked_url, host_of
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._vapi.session import Session

__all__ = ["VapiAgentAdapter"]

_BASE_URL = "https://api.vapi.ai"
_RATE = 16_000


class VapiAgentAdapter(VoiceAgentAdapter):
    """Talks to an assistant of Vapi, in a call over a WebSocket that `connect()` asks for.

    A call costs money while it goes on. `disconnect()` ends it and makes sure that it has ended; a run that
    fails or is cancelled disconnects too.

    Args:
        assistant_id: of the assistant.
        api_key: the private key; default `VAPI_API_KEY`.
        assistant_overrides: what is changed about the assistant for this call, as the provider's REST
            interface has it.
        base_url: of another server.
        sample_rate: of the audio in both directions, in Hz, from 8,000 to 48,000.

    Raises:
        ValueError: an empty assistant_id, an impossible rate, or an address that is none.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True,
        native_vad=True,
        input_formats=[f"pcm16/{_RATE}"],
        output_formats=[f"pcm16/{_RATE}"],
    )
    turn_end = "vad"
    paced = True
    continuous = True

    websocket_call_url: str | None = None
    """Where the call is; whoever knows it can take part. `None` without a connection."""

    def __init__(
        self,
        assistant_id: str,
        api_key: str | None = None,
        *,
        assistant_overrides: Mapping[str, Any] | None = None,
        base_url: str = _BASE_URL,
        sample_rate: int = _RATE,
    ) -> None:
        if not assistant_id:
            raise ValueError("assistant_id must name an assistant, got an empty string")
        if not 8_000 <= sample_rate <= 48_000 or sample_rate % 50:
            raise ValueError(
                "sample_rate must be between 8000 and 48000 Hz and a multiple of 50, so that 20 ms are whole "
                f"samples; got {sample_rate!r}"
            )
        self.assistant_id = assistant_id
        self.api_key = Secret(api_key) if api_key is not None else None
        self.assistant_overrides: dict[str, Any] | None = concealed(assistant_overrides)
        self.base_url = checked_url(
            base_url, name="base_url", schemes=("https", "http"), plain_only_on_loopback=True
        )
        self.sample_rate = sample_rate
        self.capabilities = AdapterCapabilities(
            streaming_transcripts=True,
            native_vad=True,
            input_formats=[f"pcm16/{sample_rate}"],
            output_formats=[f"pcm16/{sample_rate}"],
        )
        self._session: Session | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(assistant_id={self.assistant_id!r}, api_key='***')"

    async def connect(self) -> None:
        """Ask for a call and connect to it.

        Raises:
            VoiceTransportError: the provider cannot be reached or refuses; `fault` says what is wrong.
            ValueError: there is no key.
        """
        if self._session is not None and not self._session.is_lost:
            return
        await self.disconnect()
        from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS
        from scenario.voice.adapters._vapi.session import Session

        session = Session(self, required_key(self.api_key, "api_key", "VAPI_API_KEY"))
        self.turn_end = type(self).turn_end
        self.streaming_transcript = ""
        self.last_user_transcript = self.last_agent_transcript = None
        try:
            with self.clock.hold():
                async with self.clock.timeout(CONNECT_SECONDS):
                    self.websocket_call_url = await session.open()
        except BaseException as error:
            self.websocket_call_url = None
            await _ended(session)
            if isinstance(error, TimeoutError):
                raise self._late(CONNECT_SECONDS) from None
            raise
        self._session = session

    async def disconnect(self) -> None:
        """End the call."""
        session, self._session = self._session, None
        self.websocket_call_url = None
        if session is not None:
            await _ended(session)

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Have the assistant hear audio, at the speed of speech."""
        await self._connected().say(chunk.data)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the assistant, silence included; an empty chunk ends its turn."""
        return await self._connected().receive(timeout)

    def _connected(self) -> Session:
        if self._session is None:
            raise self.not_connected()
        return self._session

    def _late(self, seconds: float) -> VoiceTransportError:
        return VoiceTransportError(
            f"the call does not stand within {seconds:g} s",
            adapter=type(self).__name__,
            fault="host",
            host=host_of(self.base_url),
        )


async def _ended(session: Session) -> None:
    """End a call. A cancellation meanwhile is passed on when it has ended: nobody else would end it."""
    closing = asyncio.create_task(session.close(), name="scenario vapi end of call")
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait({closing})
        raise
