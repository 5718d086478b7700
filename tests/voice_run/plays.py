"""Plays scenarios between the offline user and an agent, and reads their results."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import scenario
from scenario.voice import VoiceOptions, create_audio_message
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message, ScenarioResult
    from scenario.voice import AudioChunk, AudioSegment, VoiceEvent

NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


def caller(**settings: Any) -> scenario.UserSimulatorAgent:
    """Return a simulated user with a voice."""
    return scenario.UserSimulatorAgent(**{"model": "offline/players", "voice": "offline/anna", **settings})


async def play(
    *agents: Any,
    script: Sequence[Any],
    clock: str = "auto",
    seed: int = 1,
    description: str = "The user wants a refund for order 4711.",
    options: dict[str, Any] | None = None,
    within: float = 60.0,
    **settings: Any,
) -> ScenarioResult:
    """Play a script with the given agents, and with the caller if there is no other user among them."""
    if not any(agent.role is scenario.AgentRole.USER for agent in agents):
        agents = (*agents, caller())
    async with asyncio.timeout(within):
        return await scenario.arun(
            "voice",
            description,
            agents=list(agents),
            script=list(script),
            voice=VoiceOptions(clock=clock, seed=seed, **(options or {})),  # pyright: ignore[reportArgumentType]
            **settings,
        )


def says(message: Message) -> str:
    """Return the text of a message."""
    content: Any = message["content"]
    if not isinstance(content, list):
        return content or ""
    return " ".join(part["text"] for part in content if part["type"] == "text")


def dialogue(result: ScenarioResult) -> list[tuple[str, str]]:
    """Return who said what."""
    return [(message["role"], says(message)) for message in result.messages]


def segments(result: ScenarioResult, speaker: str | None = None) -> list[AudioSegment]:
    assert result.audio is not None
    return [each for each in result.audio.segments if speaker in (None, each.speaker)]


def events(result: ScenarioResult, *types: str) -> list[VoiceEvent]:
    assert result.timeline is not None
    return [event for event in result.timeline if not types or event.type in types]


def the_interruption(result: ScenarioResult) -> dict[str, Any]:
    (event,) = events(result, "user_interrupt")
    return dict(event.metadata or {})


def heard(audio: AudioChunk | bytes) -> str:
    """Return what the offline ear hears in audio."""
    return OfflineSTT().hear(audio if isinstance(audio, bytes) else audio.data)


def spoken(text: str, seconds_before: float = 0.0, voice: str = "anna") -> bytes:
    """Return text as canonical audio, after silence."""
    return bytes(int(seconds_before * 24_000) * 2) + OfflineTTS().speak(text, voice).data


def audio_message(text: str, role: str = "user") -> Message:
    """Return an audio message without words."""
    from scenario.voice import AudioChunk

    return create_audio_message(AudioChunk(spoken(text)), role)
