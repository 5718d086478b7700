"""An agent, or a user, that is a realtime model of OpenAI or of a server that speaks the same protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from scenario.types import AgentRole
from scenario.voice._secret import Secret, required_key
from scenario.voice._speech.defaults import OPENAI_REALTIME_MODEL, OPENAI_STT_MODEL
from scenario.voice.adapters._connection.urls import Url, checked_url
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._openai.client_events import Protocol
    from scenario.voice.adapters._openai.session import Session

__all__ = ["OpenAIRealtimeAgentAdapter"]

_CANONICAL = "pcm16/24000"
_BASE_URL = "wss://api.openai.com/v1"
_OPENS_AFTER = 0.05


class OpenAIRealtimeAgentAdapter(VoiceAgentAdapter):
    """Talks to a realtime model, which hears and speaks by itself.

    Each connection is a fresh conversation. Turns are committed by hand, so that a run knows where each of
    them ends and pauses cost no time; with `turn_detection` the server decides, in real time, as it does for
    a caller. With `role=AgentRole.USER` the model plays the user: `scenario.user("text")` has it speak that
    text, `scenario.user()` has it say what it likes.

    Args:
        model: the realtime model; without the argument `SCENARIO_OPENAI_REALTIME_MODEL` may name another.
        voice: of the model.
        instructions: its system prompt.
        tools: in chat-completions form.
        api_key: default `OPENAI_API_KEY`.
        role: whom the model plays.
        speaks_first: the model is asked to speak as soon as the run listens.
        turn_detection: the server's (`{"type": "server_vad"}`, `{"type": "semantic_vad"}`); `None` is none.
        tool_handlers: what runs a tool, by its name: called with its arguments as keywords; sync or async.
            Calls without one are for the script to answer, with a message of role `tool`.
        transcription_model: writes down what the user says; `None` has nothing written down.
        base_url: of another server, up to and without `/realtime`.
        protocol: `"beta"` for servers that speak only the older protocol.

    Raises:
        ValueError: an address that is no WebSocket's, an unknown protocol, or a turn detection that answers
            nothing.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True,
        native_vad=True,
        interruption=True,
        input_formats=[_CANONICAL],
        output_formats=[_CANONICAL],
    )
    turn_end = "explicit"

    def __init__(
        self,
        model: str = OPENAI_REALTIME_MODEL,
        voice: str = "alloy",
        instructions: str = "",
        tools: Sequence[Mapping[str, Any]] | None = None,
        *,
        api_key: str | None = None,
        role: AgentRole = AgentRole.AGENT,
        speaks_first: bool = False,
        turn_detection: Mapping[str, Any] | None = None,
        tool_handlers: Mapping[str, Callable[..., Any]] | None = None,
        transcription_model: str | None = OPENAI_STT_MODEL,
        base_url: str = _BASE_URL,
        protocol: Protocol = "ga",
    ) -> None:
        if protocol not in ("ga", "beta"):
            raise ValueError(f'protocol must be "ga" or "beta", got {protocol!r}')
        if turn_detection is not None and turn_detection.get("create_response") is False:
            raise ValueError("turn_detection: with create_response=False nobody would ask for answers")
        self.model = OPENAI_REALTIME_MODEL.resolve(model)
        self.voice = voice
        self.instructions = instructions
        self.tools = list(tools or ())
        self.api_key = Secret(api_key) if api_key is not None else None
        self.role = role
        self.speaks_first = speaks_first
        self.turn_detection = turn_detection
        self.tool_handlers = dict(tool_handlers or {})
        self.transcription_model = transcription_model and OPENAI_STT_MODEL.resolve(transcription_model)
        self.base_url = checked_url(
            base_url, name="base_url", schemes=("wss", "ws", "https", "http"), plain_only_on_loopback=True
        )
        self.protocol: Protocol = protocol
        by_hand = turn_detection is None
        self.waits_for_turn_end = self.supports_virtual_clock = by_hand
        self.paced = self.continuous = not by_hand
        self.capabilities = replace(self.capabilities, native_vad=not by_hand)
        self._session: Session | None = None
        self._opens = False

    @property
    def url(self) -> str:
        """Where the model is reached."""
        base = self.base_url.replace("http", "ws", 1) if self.base_url.startswith("http") else self.base_url
        return Url(f"{base.rstrip('/')}/realtime?{urlencode({'model': self.model})}")

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(model={self.model!r}, voice={self.voice!r}, role={self.role!r}, "
            "api_key='***')"
        )

    async def connect(self) -> None:
        """Connect and begin a fresh conversation; returns when the server has taken the settings.

        Raises:
            VoiceTransportError: the server cannot be reached or refuses; `fault` says what is wrong.
            ValueError: there is no key.
        """
        if self._session is not None and not self._session.is_lost:
            return
        await self.disconnect()
        from scenario.voice.adapters._openai.session import Session

        session = Session(self, required_key(self.api_key, "api_key", "OPENAI_API_KEY"))
        try:
            await session.open()
        except BaseException:
            await session.close()
            raise
        self.streaming_transcript = ""
        self.last_user_transcript = self.last_agent_transcript = None
        self._opens = self.speaks_first
        self._session = session

    async def disconnect(self) -> None:
        """End the conversation."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Have the model hear audio; with the server's turn detection, at the speed of speech."""
        await self._connected().say(chunk.data)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the model; an empty chunk is the end of its turn."""
        session = self._connected()
        if self._opens:
            await self.clock.sleep(_OPENS_AFTER)  # a turn that begins now asks by itself
        if self._opens:
            self._opens = False
            await session.conversation.ask(is_opening=True)
        return await session.receive(timeout)

    async def begin_user_turn(self) -> None:
        """The user speaks: an answer that nobody has begun to hear is not wanted any more."""
        conversation = self._connected().conversation
        answer = conversation.answer
        self._opens = False
        if self.turn_detection is None and conversation.is_unheard and answer and not answer.is_opening:
            await conversation.stop()

    async def end_user_turn(self) -> None:
        """The user has spoken: ask for an answer, unless the server does so itself."""
        session = self._connected()
        if self.turn_detection is None:
            await session.commit()
            await session.conversation.ask()

    async def notify_agent_turn(self) -> None:
        """Have the model speak without being spoken to, unless it is about to."""
        conversation = self._connected().conversation
        is_opening, self._opens = self._opens, False
        if not conversation.is_unheard:
            await conversation.ask(is_opening=is_opening)

    async def interrupt(self) -> bool:
        """Stop the model, and have it know how much was heard.

        Returns:
            Whether there was something to stop.
        """
        return await self._connected().conversation.stop()

    async def send_text(self, text: str) -> None:
        """Have a model that plays the user say `text`, and any other answer it as a message of the user."""
        if self.role is not AgentRole.USER:
            await self.hear_text(text)
            return
        from scenario.voice.adapters._openai.client_events import spoken_text

        session = self._connected()
        if self.turn_detection is None:
            await session.commit(only_if_said=True)  # what the other side has said before
        await session.conversation.ask(spoken_text(self.protocol, text), script=text)

    async def hear_text(self, text: str, wants_answer: bool = True) -> None:
        """Have the model know what the other side has written instead of said.

        Args:
            text: what it has written.
            wants_answer: have the model answer it.
        """
        from scenario.voice.adapters._openai.client_events import user_text

        session = self._connected()
        await session.send(user_text(text))
        if wants_answer:
            await session.conversation.ask()

    async def send_tool_result(self, call_id: str, result: str) -> None:
        """Give the model the result of a tool that the script has run."""
        await self._connected().conversation.give_result(call_id, result)

    def _connected(self) -> Session:
        if self._session is None:
            raise self.not_connected()
        return self._session
