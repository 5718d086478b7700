"""Transcripts for the segments of a recording."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._speech.stt import STTProvider, get_stt_provider

if TYPE_CHECKING:
    from scenario.voice._recording.recording import VoiceRecording
    from scenario.voice._recording.segment import AudioSegment

_logger = logging.getLogger("scenario")
_AT_ONCE = 8


async def transcribe_segments(
    recording: VoiceRecording, provider: STTProvider | None = None, only_missing: bool = True
) -> None:
    """Fill in `transcript` of a recording's segments, in place.

    It never raises: a segment that cannot be transcribed is a warning, and has `None`.

    Args:
        recording: its segments are transcribed, at most eight at once; those without audio are left out.
        provider: who is asked; default the one of `get_stt_provider()`.
        only_missing: whether segments that have a transcript are left as they are.
    """
    segments = [segment for segment in recording.segments if not (only_missing and segment.transcript)]
    if not segments:
        return
    if provider is None:
        try:
            provider = get_stt_provider()
        except Exception as error:  # noqa: BLE001 - whatever keeps the default from being made
            _logger.warning("segments are not transcribed: there is no STT provider (%s)", error)
            return
    free = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for segment in segments:
            group.create_task(_transcribe(segment, provider, free))


async def _transcribe(segment: AudioSegment, provider: STTProvider, free: asyncio.Semaphore) -> None:
    async with free:
        try:
            if audio := segment.audio:
                segment.transcript = await provider.transcribe(AudioChunk(audio))
        except Exception as error:  # noqa: BLE001 - any provider may raise anything, and the others go on
            segment.transcript = None
            _logger.warning(
                "the segment of the %s at %.3f s is not transcribed: %s",
                segment.speaker,
                segment.start_time,
                error,
            )
