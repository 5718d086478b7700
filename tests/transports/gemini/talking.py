"""What the tests of this folder share: an adapter for a loopback server, and turns with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import scenario
from scenario.voice import AudioChunk, GeminiLiveAgentAdapter, VoiceOptions
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.bare import Notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.transports.peers.gemini_live import GeminiServer

MODEL = "gemini-2.5-flash-native-audio-latest"


class Told(Notices):
    """A line that keeps all that the adapter tells the run."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, str]] = []
        self.results: list[tuple[str, Any, str]] = []
        self.drops = 0

    def tool_call(self, name, arguments, call_id) -> None:
        self.calls.append((name, arguments, call_id))

    def tool_result(self, name, result, call_id) -> None:
        self.results.append((name, result, call_id))

    def drop_unplayed(self) -> None:
        self.drops += 1


def model_at(server: GeminiServer, **options: Any) -> GeminiLiveAgentAdapter:
    return GeminiLiveAgentAdapter(
        **{"model": MODEL, "api_key": "SECRET-key", "base_url": server.url, **options}
    )


def listened(adapter: GeminiLiveAgentAdapter) -> Told:
    """Have what the adapter tells kept."""
    adapter._scenario_line = line = Told()
    return line


def spoken(text: str) -> bytes:
    """Return audio of the agent."""
    return OfflineTTS().speak(text, "agent").data


async def say(adapter: GeminiLiveAgentAdapter, *chunks: AudioChunk) -> None:
    """Say something as one turn of the user, faster than anyone could speak."""
    await adapter.begin_user_turn()
    for chunk in chunks or (OfflineTTS().speak("hello", "user"),):
        await adapter.send_audio(chunk)
    await adapter.end_user_turn()


async def hear(adapter: GeminiLiveAgentAdapter, seconds: float = 5.0) -> bytes:
    """Return the audio of one turn of the agent, up to its end."""
    audio = b""
    while data := (await adapter.recv_audio(seconds)).data:
        audio += data
    return audio


async def understand(adapter: GeminiLiveAgentAdapter) -> str:
    return OfflineSTT().hear(await hear(adapter))


async def nothing_more(adapter: GeminiLiveAgentAdapter, seconds: float = 0.3) -> bool:
    """Tell whether nothing is received for a while, neither audio nor an end."""
    try:
        await adapter.recv_audio(seconds)
    except TimeoutError:
        return True
    return False


async def until(condition: Any, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the other side is a real server
            await asyncio.sleep(0.01)


async def run(adapter: GeminiLiveAgentAdapter, script: Sequence[Any], **options: Any) -> Any:
    return await scenario.arun(
        name="gemini",
        description="The user tries a live model.",
        agents=[adapter, scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")],
        script=list(script),
        voice=VoiceOptions(stt=OfflineSTT(), **options),
        verbose=False,
    )
