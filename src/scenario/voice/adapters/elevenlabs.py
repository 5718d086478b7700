"""An agent that ElevenLabs hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from scenario.voice._secret import Secret, concealed, required_key
from scenario.voice.adapters._connection.urls import Url, checked_url, host_of
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._elevenlabs.session import Session

__all__ = ["ElevenLabsAgentAdapter"]

_BASE_URL = "https://api.elevenlabs.io"
_CANONICAL = "pcm16/24000"


class ElevenLabsAgentAdapter(VoiceAgentAdapter):
    """Talks to an agent of the ElevenLabs Agents platform, as a caller on its web client does.

    Audio flows all the time in the formats that the agent is set to, silence included; the service decides
    when the user has finished, and is interrupted by being spoken over.

    Args:
        agent_id: of the agent.
        api_key: default `ELEVENLABS_API_KEY`.
        system_prompt_override: replaces the agent's prompt, if its settings allow that.
        first_message_override: replaces what it says first, if its settings allow that.
        tool_handlers: what runs a client tool, by its name: called with its parameters as keywords; sync or
            async. Calls without one are answered with an error.
        dynamic_variables: values of the variables in the agent's prompt and first message.
        signed_url: connect through a signed address, which is asked for with the key.
        base_url: of another region or server, for example `https://api.eu.residency.elevenlabs.io`.

    Raises:
        ValueError: an empty agent_id, or an address that is none.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True,
        native_vad=True,
        input_formats=[_CANONICAL],
        output_formats=[_CANONICAL],
    )
    paced = True
    continuous = True

    def __init__(
        self,
        agent_id: str,
        api_key: str | None = None,
        *,
        system_prompt_override: str | None = None,
        first_message_override: str | None = None,
        tool_handlers: Mapping[str, Callable[..., Any]] | None = None,
        dynamic_variables: Mapping[str, Any] | None = None,
        signed_url: bool = False,
        base_url: str = _BASE_URL,
    ) -> None:
        if not agent_id:
            raise ValueError("agent_id must name an agent, got an empty string")
        self.agent_id = agent_id
        self.api_key = Secret(api_key) if api_key is not None else None
        self.system_prompt_override = system_prompt_override
        self.first_message_override = first_message_override
        self.tool_handlers = dict(tool_handlers or {})
        self.dynamic_variables: dict[str, Any] | None = concealed(dynamic_variables)
        self.signed_url = signed_url
        self.base_url = checked_url(
            base_url, name="base_url", schemes=("https", "http", "wss", "ws"), plain_only_on_loopback=True
        )
        self.conversation_id: str | None = None
        self._session: Session | None = None

    @property
    def url(self) -> str:
        """Where the agent is reached with a key."""
        agent_id = quote(self.agent_id, safe="")
        return Url(f"{self._base('ws')}/v1/convai/conversation?agent_id={agent_id}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(agent_id={self.agent_id!r}, api_key='***')"

    async def connect(self) -> None:
        """Connect and begin a conversation; returns when the service has said its audio formats.

        Raises:
            VoiceTransportError: the service cannot be reached or refuses; `fault` says what is wrong.
            ValueError: there is no key.
        """
        if self._session is not None and not self._session.is_lost:
            return
        await self.disconnect()
        from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS
        from scenario.voice.adapters._elevenlabs.client_events import initiation
        from scenario.voice.adapters._elevenlabs.session import Session
        from scenario.voice.adapters._elevenlabs.signing import signed_url

        key = required_key(self.api_key, "api_key", "ELEVENLABS_API_KEY")
        self.turn_end = type(self).turn_end
        self.streaming_transcript = ""
        self.last_user_transcript = self.last_agent_transcript = self.conversation_id = None
        session = None
        try:
            with self.clock.hold():
                async with self.clock.timeout(CONNECT_SECONDS):
                    if self.signed_url:
                        url = await signed_url(self, self._base("http"), key, self.agent_id)
                        session = Session(self, url, key, is_signed=True)
                    else:
                        session = Session(self, self.url, key)
                    await session.open(
                        initiation(
                            prompt=self.system_prompt_override,
                            first_message=self.first_message_override,
                            dynamic_variables=self.dynamic_variables,
                        )
                    )
        except BaseException as error:
            if session is not None:
                await session.close()
            if isinstance(error, TimeoutError):
                raise self._late(CONNECT_SECONDS) from None
            raise
        self.conversation_id = session.conversation_id
        self.capabilities = replace(
            type(self).capabilities,
            input_formats=[str(session.input_format)],
            output_formats=[str(session.output_format)],
        )
        self._session = session

    async def disconnect(self) -> None:
        """End the conversation."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Have the agent hear audio, at the speed of speech."""
        await self._connected().say(chunk.data)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent; an empty chunk is the end of its turn."""
        return await self._connected().receive(timeout)

    async def end_user_turn(self) -> None:
        """The user has spoken; the service finds that out by itself."""
        self._connected().end_user_turn()

    async def send_text(self, text: str) -> None:
        """Have the agent answer something that the user writes."""
        from scenario.voice.adapters._elevenlabs.client_events import user_message

        session = self._connected()
        await session.send(user_message(text))

    def _connected(self) -> Session:
        if self._session is None:
            raise self.not_connected()
        return self._session

    def _late(self, seconds: float) -> VoiceTransportError:
        return VoiceTransportError(
            f"the service has not opened the conversation within {seconds:g} s",
            adapter=type(self).__name__,
            fault="protocol",
            host=host_of(self.base_url),
        )

    def _base(self, kind: str) -> str:
        """Return the base address for HTTP (`"http"`) or WebSockets (`"ws"`)."""
        parts = urlsplit(self.base_url)
        secure = "s" if parts.scheme in ("https", "wss") else ""
        return f"{kind}{secure}://{parts.netloc}{parts.path.rstrip('/')}"
