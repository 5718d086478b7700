"""An agent that is a live model of Google's Gemini."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario.voice._secret import Secret, required_key
from scenario.voice._speech.defaults import GEMINI_LIVE_MODEL
from scenario.voice.adapters._connection.urls import Url
from scenario.voice.adapters._gemini.setup import BASE_URL, live_url
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._gemini.conversation import Conversation
    from scenario.voice.adapters._gemini.setup import Activity

__all__ = ["GeminiLiveAgentAdapter"]

_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


class GeminiLiveAgentAdapter(VoiceAgentAdapter):
    """Talks to a Gemini model that hears and speaks by itself.

    Each connection is a fresh conversation, which outlives the connections that the server ends after some
    minutes. With `activity="manual"` we say when the user begins and stops, so that a run knows where each
    turn ends and pauses cost no time; with `"auto"` the server listens for that in real time, as it does for
    a caller.

    Args:
        model: the live model; without the argument `SCENARIO_GEMINI_LIVE_MODEL` may name another.
        voice: name of a prebuilt voice.
        system_instruction: the system prompt.
        api_key: default `GEMINI_API_KEY`, then `GOOGLE_API_KEY`.
        tools: in chat-completions form, or as Gemini has them (`{"googleSearch": {}}`).
        tool_handlers: what runs a tool, by its name: called with its arguments as keywords; sync or async.
            Calls without one are for the script to answer, with a message of role `tool`.
        activity: who marks the user's turns: `"manual"` or `"auto"`.
        base_url: of another server; plain `ws://` only on this machine.
        api_version: of the service.

    Raises:
        ValueError: an unknown `activity`, or an address that is none.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True,
        native_vad=True,
        interruption=True,
        input_formats=["pcm16/16000"],
        output_formats=["pcm16/24000"],
    )
    turn_end = "explicit"
    waits_for_turn_end = True  # as is true of the default mode, like what follows
    supports_virtual_clock = True

    def __init__(
        self,
        model: str = GEMINI_LIVE_MODEL,
        voice: str = "Algieba",
        system_instruction: str = "",
        api_key: str | None = None,
        *,
        tools: Sequence[Mapping[str, Any]] | None = None,
        tool_handlers: Mapping[str, Callable[..., Any]] | None = None,
        activity: Activity = "manual",
        base_url: str = BASE_URL,
        api_version: str = "v1",
    ) -> None:
        if activity not in ("manual", "auto"):
            raise ValueError(f'activity must be "manual" or "auto", got {activity!r}')
        live_url(base_url, api_version)  # refuses what cannot be connected to
        self.model = GEMINI_LIVE_MODEL.resolve(model)
        self.voice = voice
        self.system_instruction = system_instruction
        found = api_key or next((key for name in _KEYS if (key := os.environ.get(name))), "")
        self.api_key = Secret(found) if found else ""
        self.tools = list(tools or ())
        self.tool_handlers = dict(tool_handlers or {})
        self.activity: Activity = activity
        self.base_url = Url(base_url)
        self.api_version = api_version
        by_hand = activity == "manual"
        self.waits_for_turn_end = self.supports_virtual_clock = by_hand
        self.paced = self.continuous = not by_hand
        # Either we mark the user's turns and can cut in, or the server hears both for itself. That it tells
        # of the user's speech, too, is true once it has: not every model does.
        self.capabilities = replace(self.capabilities, native_vad=False, interruption=by_hand)
        self._conversation: Conversation | None = None

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(model={str(self.model)!r}, voice={self.voice!r}, "
            f"api_key={self.api_key!r})"
        )

    async def connect(self) -> None:
        """Connect and begin a fresh conversation; returns when the server has taken the setup.

        Raises:
            VoiceTransportError: the service cannot be reached or refuses; `fault` says what is wrong.
            ValueError: there is no key.
        """
        if self._conversation is not None and not self._conversation.is_lost:
            return
        await self.disconnect()
        from scenario.voice.adapters._gemini.conversation import Conversation

        self.streaming_transcript = ""
        self.last_user_transcript = self.last_agent_transcript = None
        self.capabilities = replace(self.capabilities, native_vad=False)
        conversation = Conversation(self, required_key(self.api_key, "api_key", *_KEYS))
        await conversation.open()
        self._conversation = conversation

    async def disconnect(self) -> None:
        """End the conversation."""
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            await conversation.close()

    async def begin_user_turn(self) -> None:
        """Tell the model that the user begins to speak."""
        await self._connected().begin_user_turn()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Send audio of the user."""
        await self._connected().hear(chunk)

    async def end_user_turn(self) -> None:
        """Tell the model that the user has spoken."""
        await self._connected().end_user_turn()

    async def notify_agent_turn(self) -> None:
        """Have the model speak although the user says nothing."""
        await self._connected().ask_to_speak()

    async def send_tool_result(self, call_id: str, result: str) -> None:
        """Give the model the result of a call that no handler answers.

        Args:
            call_id: of the call; a result that nobody waits for is not sent.
            result: JSON, or text.
        """
        await self._connected().give_result(call_id, result)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the model; an empty chunk is the end of its turn."""
        return await self._connected().inbox.take(timeout)

    async def interrupt(self) -> bool | None:
        """Hear no more of what the model is saying; the user's next turn makes it stop.

        Raises:
            UnsupportedCapabilityError: with `activity="auto"`, where only speaking over the model stops it.
        """
        if not self.capabilities.interruption:
            return await super().interrupt()
        self._connected().stop()
        return True

    def _connected(self) -> Conversation:
        if self._conversation is None:
            raise self.not_connected()
        return self._conversation
