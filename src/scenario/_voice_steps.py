"""The steps of a script that need ears: audio, silence, key tones, and cutting in."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scenario.scenario_state import ScenarioState
    from scenario.script import Step
    from scenario.types import Message, ScenarioResult

__all__ = ["audio", "dtmf", "interrupt", "silence", "sleep"]

_AUDIO_FILE = re.compile(r"\.(wav|mp3|ogg|flac)$", re.IGNORECASE)


def audio(path_or_bytes: str | Path | bytes, *, transcript: str | None = None) -> Step:
    """Have the user say what is in a recording.

    Args:
        path_or_bytes: a file, or the bytes of one: WAV, or MP3, OGG and FLAC with the extra `audio-files`.
        transcript: what is said in it; `None` has it transcribed where it is needed.

    Raises:
        ValueError: it is a URL, or (when the step runs) no audio.
        FileNotFoundError: there is no such file, when the step runs.
    """
    _refuse_url(path_or_bytes)

    async def step(state: ScenarioState) -> ScenarioResult | None:
        return await state.control().user(
            await _recorded(path_or_bytes, transcript), voice_style=None, audio_effects=None
        )

    return step


def silence(duration: float) -> Step:
    """Have the user be on the line and say nothing, for `duration` seconds; it is not a turn.

    Raises:
        ValueError: the duration is negative.
    """
    _refuse_negative("duration", duration)

    async def step(state: ScenarioState) -> ScenarioResult | None:
        await state.control().channel.pause(duration, silent=True)
        return None

    return step


def sleep(seconds: float) -> Step:
    """Let time pass, on the run's clock; nothing is sent.

    Raises:
        ValueError: the time is negative.
    """
    _refuse_negative("seconds", seconds)

    async def step(state: ScenarioState) -> ScenarioResult | None:
        await state.control().channel.pause(seconds, silent=False)
        return None

    return step


def dtmf(tones: str) -> Step:
    """Press keys of the telephone.

    Args:
        tones: `0-9`, `*`, `#`, `A-D`; `w` pauses half a second and `W` a second.

    Raises:
        ValueError: there is another character.
        UnsupportedCapabilityError: the transport cannot send tones, when the step runs.
    """
    from scenario.voice._audio.dtmf import check_tones

    check_tones(tones)

    async def step(state: ScenarioState) -> ScenarioResult | None:
        await state.control().channel.send_tones(tones)
        return None

    return step


def interrupt(
    content: str | Path | bytes = "",
    *,
    after_words: int | None = None,
    wait_for_speech_timeout: float = 8.0,
) -> Step:
    """Have the agent begin its turn and the user cut into it.

    Without a voice adapter the agent takes its turn, and the user follows.

    Args:
        content: what the user says: text, a recording (bytes, a `Path`, or the name of a WAV, MP3, OGG or
            FLAC file); empty lets the user simulator write it, knowing what the agent has said so far.
        after_words: cut in when so many words of the agent have been heard; `None` at its first word.
        wait_for_speech_timeout: seconds to wait for that at most.

    Raises:
        ValueError: `after_words` is below 1, or the time-out negative.
        UnsupportedCapabilityError: words cannot be counted on this transport, when the step runs.
    """
    if after_words is not None and after_words < 1:
        raise ValueError(f"after_words must be at least 1, got {after_words!r}")
    _refuse_negative("wait_for_speech_timeout", wait_for_speech_timeout)
    _refuse_url(content)

    async def step(state: ScenarioState) -> ScenarioResult | None:
        from scenario.voice._interruptions import Cue

        run = state.control()
        cue = Cue(after_words=after_words, timeout=wait_for_speech_timeout)
        run.channel.check(cue)
        return await run.interrupt(await _said(content), cue=cue)

    return step


async def _said(content: str | Path | bytes) -> str | Message | None:
    if isinstance(content, str) and not _AUDIO_FILE.search(content):
        return content or None
    return await _recorded(content, None) if content else None


async def _recorded(source: str | Path | bytes, transcript: str | None) -> Message:
    from scenario.voice._audio.files import from_source
    from scenario.voice._audio.messages import create_audio_message

    return create_audio_message(await asyncio.to_thread(from_source, source, transcript=transcript))


def _refuse_url(source: str | Path | bytes) -> None:
    if isinstance(source, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", source):
        raise ValueError(
            f"nothing is fetched from the network, got the URL {source!r}: pass a file or its bytes"
        )


def _refuse_negative(name: str, seconds: float) -> None:
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{name} must be at least 0 seconds, and not for ever; got {seconds!r}")
