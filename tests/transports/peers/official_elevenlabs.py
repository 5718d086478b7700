"""The conversation of the official SDK, with an audio interface that is none."""

from __future__ import annotations

import asyncio
import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from elevenlabs.client import ElevenLabs

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports an old name of the WebSocket library
    from elevenlabs.conversational_ai.conversation import (
        AudioInterface,
        ClientTools,
        ClientToOrchestratorEvent,
        Conversation,
        ConversationInitiationData,
    )

from tests.transports.peers.elevenlabs import AGENT, KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

CLIENT_EVENTS = {kind.value for kind in ClientToOrchestratorEvent}


class FakeAudioInterface(AudioInterface):
    """A fake: no microphone and no loudspeaker, but bytes that a test puts in and looks at."""

    def __init__(self) -> None:
        self.speak: Callable[[bytes], None] | None = None
        self.played = bytearray()
        self.interruptions = 0

    def start(self, input_callback: Callable[[bytes], None]) -> None:
        self.speak = input_callback

    def stop(self) -> None:
        self.speak = None

    def output(self, audio: bytes) -> None:
        self.played += audio

    def interrupt(self) -> None:
        self.interruptions += 1


@asynccontextmanager
async def official_conversation(
    base_url: str, *, config: dict[str, Any], tools: dict[str, Callable[[dict[str, Any]], Any]]
) -> AsyncIterator[tuple[Conversation, FakeAudioInterface]]:
    """Run a conversation of the SDK in its threads."""
    audio = FakeAudioInterface()
    client_tools = ClientTools()
    for name, tool in tools.items():
        client_tools.register(name, tool)
    conversation = Conversation(
        ElevenLabs(api_key=KEY, base_url=base_url),
        AGENT,
        requires_auth=True,
        audio_interface=audio,
        config=ConversationInitiationData(**config),
        client_tools=client_tools,
    )
    await asyncio.to_thread(conversation.start_session)
    try:
        yield conversation, audio
    finally:
        await asyncio.to_thread(conversation.end_session)
        await asyncio.to_thread(conversation.wait_for_session_end)
