"""What an agent still says of an utterance that was cut off, since it lasted too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._recording.track import TrackSlice

if TYPE_CHECKING:
    from scenario.voice._line.playout import Playout
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice.adapters.base import VoiceAgentAdapter


@dataclass
class Overrun:
    """The rest of such an utterance: it belongs to the turn that was cut off, as recorded, and to no other.

    Attributes:
        since: when it was cut off.
        ended_at: its explicit end, if that has come.
        segment: the turn as recorded; it grows until the utterance is over.
    """

    since: float
    ended_at: float | None = None
    segment: AudioSegment | None = None

    def follow(self, playout: Playout, adapter: VoiceAgentAdapter, now: float) -> float | None:
        """Let the segment grow; return when to look again, or `None` when the utterance is over."""
        tail, last, is_over = adapter.response_tail_silence, self.since, False
        explicit = adapter.turn_end == "explicit"
        for start, end in playout.voiced(self.since, self.ended_at):
            if not explicit and start - last >= tail:
                is_over = True
                break
            last = end
        self._grow(last)
        if self.ended_at is not None:
            return None if now >= self.ended_at else self.ended_at
        if is_over or (not explicit and now >= last + tail):
            return None
        return now + tail if explicit else last + tail

    def _grow(self, end: float) -> None:
        segment = self.segment
        if segment is None or end <= segment.end_time or not isinstance(segment.audio_source, TrackSlice):
            return
        source = segment.audio_source
        length = round((end - segment.start_time) * SAMPLE_RATE)
        segment.audio = TrackSlice(source.track, source.start, source.start + length)  # pyright: ignore[reportAttributeAccessIssue]  # its setter takes slices
        segment.end_time = (source.start + length) / SAMPLE_RATE
