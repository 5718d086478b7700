"""A local agent with offline speech in front of a chat model on loopback, and ways to talk with it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from scenario.voice import ComposableVoiceAgent
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.peers.openai_server import OpenAIServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scenario.voice import AudioChunk


class CountingSTT(OfflineSTT):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[AudioChunk] = []

    async def transcribe(self, audio: AudioChunk) -> str:
        self.heard.append(audio)
        return await super().transcribe(audio)


@asynccontextmanager
async def an_agent(answers: Any, **settings: Any) -> AsyncIterator[tuple[ComposableVoiceAgent, OpenAIServer]]:
    """Serve a model that answers so, and give an agent that asks it."""
    async with OpenAIServer(answers) as server:
        params = {"api_base": server.base_url, "api_key": "none", **settings.pop("llm_params", {})}
        agent = ComposableVoiceAgent(
            CountingSTT(), "openai/model", "offline/desk", llm_params=params, **settings
        )
        try:
            yield agent, server
        finally:
            await agent.disconnect()


def speech(text: str) -> AudioChunk:
    return OfflineTTS().speak(text, "user")


async def say(agent: ComposableVoiceAgent, text: str) -> None:
    """Say something as one turn, in no time."""
    await agent.begin_user_turn()
    await agent.send_audio(speech(text))
    await agent.end_user_turn()


async def answer(agent: ComposableVoiceAgent) -> str:
    """Return what is said until the end of the turn, as an ear hears it."""
    audio = bytearray()
    while (chunk := await agent.recv_audio(10)).data:
        audio += chunk.data
    return OfflineSTT().hear(bytes(audio))


def dialogue(server: OpenAIServer, request: int = -1) -> list[tuple[str, str]]:
    """Return what the model was shown, without the system prompt."""
    messages = server.requests[request].body["messages"]
    return [(message["role"], message.get("content")) for message in messages[1:]]
