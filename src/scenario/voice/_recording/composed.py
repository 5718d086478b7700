"""A track that is put together from segments, for recordings that no run has made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._recording.mix import mixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._recording.segment import AudioSegment


class ComposedTrack:
    """The segments of one speaker at their times, added up where they overlap.

    Args:
        segments: of any speaker, in any order.
        speaker: whose track it is.
    """

    def __init__(self, segments: Sequence[AudioSegment], speaker: Speaker) -> None:
        self._placed = [
            (round(segment.start_time * SAMPLE_RATE), segment)
            for segment in segments
            if segment.speaker == speaker
        ]

    @property
    def length(self) -> int:
        """Samples up to the end of the last segment's audio."""
        return max((start + _samples(segment) for start, segment in self._placed), default=0)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Return the audio from `start` to `end`, in samples; silence where no segment is."""
        end = self.length if end is None else end
        silence = sound = bytes(max(end - start, 0) * BYTES_PER_SAMPLE)
        for position, segment in self._placed:
            first, last = max(start, position), min(end, position + _samples(segment))
            if first < last:
                audio = segment.audio[
                    (first - position) * BYTES_PER_SAMPLE : (last - position) * BYTES_PER_SAMPLE
                ]
                before = bytes((first - start) * BYTES_PER_SAMPLE)
                piece = before + audio + bytes((end - last) * BYTES_PER_SAMPLE)
                sound = piece if sound is silence else mixed(sound, piece)
        return sound


def _samples(segment: AudioSegment) -> int:
    return len(segment.audio_source) // BYTES_PER_SAMPLE
