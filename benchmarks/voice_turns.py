"""What voice turns cost: against an agent that answers at once, on the virtual clock."""

from __future__ import annotations

from typing import Any

import scenario
from benchmarks.measure import Figures, Measurement, growth_exponent, memory_growth, timed

_SECONDS = 3.0
_DESCRIPTION = "The user talks to an agent on the phone."


async def voice_turns() -> Figures:
    """Measure 20 turns of 3 s on each side, and how memory grows up to 60."""
    await _play_turns(2)
    with memory_growth() as memory, timed() as took:
        await _play_turns(20)
    with memory_growth() as small:
        await _play_turns(60)
    with memory_growth() as large:
        await _play_turns(240)
    return {
        "wall_s": took.wall,
        "cpu_s": took.cpu,
        "memory_mb": memory.mb,
        "memory_exponent": growth_exponent(small.mb, large.mb, factor=4),
    }


async def _play_turns(turns: int) -> None:
    user, agent = _speech("user"), _speech("agent")
    from scenario.voice import create_audio_message
    from scenario.voice.testing import LoopbackVoiceAgent

    script: list[Any] = [
        step for _ in range(turns) for step in (scenario.user(create_audio_message(user)), scenario.agent())
    ]
    result = await scenario.arun(
        "voice",
        _DESCRIPTION,
        [LoopbackVoiceAgent([agent] * turns, latency=0.0, burst=True)],
        script=[*script, scenario.succeed()],
        verbose=False,
        voice=scenario.VoiceOptions(transcribe_agent="never"),
    )
    assert len(result.audio.segments) == 2 * turns
    assert abs(result.audio.duration - 2 * _SECONDS * turns) < turns


async def voice_conversation() -> Figures:
    """Measure a conversation of 10 minutes with interruptions and effects."""
    await _converse(1)
    with memory_growth() as memory, timed() as took:
        seconds = await _converse(100)
    assert seconds > 600
    return {"wall_s": took.wall, "cpu_s": took.cpu, "memory_mb": memory.mb}


async def _converse(rounds: int) -> float:
    from scenario.voice import effects
    from scenario.voice.testing import LoopbackVoiceAgent, OfflineSTT

    story = "one two three four five six seven eight nine ten eleven twelve"
    script: list[Any] = []
    for number in range(rounds):
        script += [scenario.user(f"tell me story number {number} please")]
        script += [scenario.interrupt("hold on a moment", after_words=6) if number % 2 else scenario.agent()]
        script += [scenario.agent()] if number % 2 else []
    user = scenario.UserSimulatorAgent(
        model="offline/players",
        voice="offline/anna",
        audio_effects=[effects.background_noise("cafe", snr_db=20), effects.phone_quality()],
    )
    result = await scenario.arun(
        "conversation",
        _DESCRIPTION,
        [LoopbackVoiceAgent([story] * 2 * rounds), user],
        script=[*script, scenario.succeed()],
        verbose=False,
        voice=scenario.VoiceOptions(seed=1, stt=OfflineSTT()),
    )
    return result.audio.duration


def _speech(voice: str) -> Any:
    """Return 3 seconds of speech."""
    from scenario.voice import AudioChunk
    from scenario.voice.testing import OfflineTTS

    audio = OfflineTTS().speak("this is what i have to say today about it all", voice).data
    return AudioChunk(audio[: int(_SECONDS * 48_000)])


MEASUREMENTS = {
    "voice_turns": Measurement(voice_turns),
    "voice_conversation": Measurement(voice_conversation),
}
