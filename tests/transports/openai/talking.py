"""What the tests of this folder share: an adapter for a loopback server, and whole runs with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scenario
from scenario.voice import AudioChunk, OpenAIRealtimeAgentAdapter, VoiceOptions
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

if TYPE_CHECKING:
    from tests.transports.peers.openai_realtime import RealtimeServer


def model_at(server: RealtimeServer, **options: Any) -> OpenAIRealtimeAgentAdapter:
    return OpenAIRealtimeAgentAdapter(**{"api_key": "SECRET-key", "base_url": server.url, **options})


def speech(text: str) -> AudioChunk:
    return OfflineTTS().speak(text, "user")


async def say(adapter: OpenAIRealtimeAgentAdapter, *chunks: AudioChunk) -> None:
    """Say something as one turn of the user, faster than anyone could speak."""
    await adapter.begin_user_turn()
    for chunk in chunks or (speech("hello"),):
        await adapter.send_audio(chunk)
    await adapter.end_user_turn()


async def hear(adapter: OpenAIRealtimeAgentAdapter) -> bytes:
    """Return the audio of one turn of the agent."""
    audio = b""
    while data := (await adapter.recv_audio(5)).data:
        audio += data
    return audio


async def understand(adapter: OpenAIRealtimeAgentAdapter) -> str:
    return OfflineSTT().hear(await hear(adapter))


async def run(agents: list[Any], script: list[Any], **options: Any) -> Any:
    simulator = scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")
    has_user = any(agent.role is scenario.AgentRole.USER for agent in agents)
    return await scenario.arun(
        name="realtime",
        description="The user tries a realtime model.",
        agents=[*agents, *([] if has_user else [simulator])],
        script=script,
        voice=VoiceOptions(stt=OfflineSTT(), **options),
        verbose=False,
    )


def texts(messages: list[Any], role: str) -> list[str]:
    return [
        " ".join(part["text"] for part in message["content"] if part["type"] == "text")
        for message in messages
        if message["role"] == role and isinstance(message["content"], list)
    ]
