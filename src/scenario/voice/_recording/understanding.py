"""How well what was said is understood: speech-to-text of the recorded audio against the intended text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._recording.word_errors import word_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice._speech.stt import STTProvider

_AT_ONCE = 8  # requests


@dataclass(frozen=True, slots=True)
class SegmentErrors:
    """How well one segment was understood.

    Attributes:
        speaker: whose it is.
        start_time: its media time, in seconds.
        errors: words replaced, left out and added.
        words: words of the intended text.
    """

    speaker: Speaker
    start_time: float
    errors: int
    words: int

    @property
    def wer(self) -> float | None:
        """Word errors per intended word; `None` when nothing was intended."""
        return self.errors / self.words if self.words else None


async def understand(
    segments: Iterable[AudioSegment], provider: STTProvider | None = None
) -> list[SegmentErrors]:
    """Transcribe the segments that have a transcript, and count the errors of each against it.

    Args:
        segments: of a recording.
        provider: what transcribes; default is the one set by `set_stt_provider`.

    Raises:
        Exception: the provider's own, of the first request that failed.
    """
    if provider is None:
        from scenario.voice._speech.stt import get_stt_provider

        provider = get_stt_provider()
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(segment: AudioSegment, intended: str) -> SegmentErrors:
        async with places:
            understood = await provider.transcribe(AudioChunk(segment.audio))
        count = word_errors(intended, understood)
        return SegmentErrors(segment.speaker, segment.start_time, count.errors, count.words)

    failure: BaseException | None = None
    tasks: list[asyncio.Task[SegmentErrors]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one(segment, segment.spoken_text))
                for segment in segments
                if segment.spoken_text
            ]
    except BaseExceptionGroup as failures:
        failure = failures.exceptions[0]
    if failure is not None:
        raise failure  # here, where it keeps its own cause and context
    return [task.result() for task in tasks]


def error_rates(segments: Sequence[SegmentErrors]) -> dict[Speaker, float | None]:
    """Return the word error rate of each speaker who has segments: all errors over all intended words."""
    rates: dict[Speaker, float | None] = {}
    speakers: tuple[Speaker, Speaker] = ("user", "agent")
    for speaker in speakers:
        own = [segment for segment in segments if segment.speaker == speaker]
        words = sum(segment.words for segment in own)
        if own:
            rates[speaker] = sum(segment.errors for segment in own) / words if words else None
    return rates
