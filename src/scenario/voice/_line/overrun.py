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

_STOPPED = 0.3  # an agent that is silent for so long after the user's last word has stopped
_A_LITTLE = 0.02


@dataclass
class Overrun:
    """The rest of such an utterance: it belongs to the turn that was cut off, as recorded, and to no other.

    It lasts to its explicit end. Where none is told it lasts to its first silence that would end a turn; and
    when the user has spoken, to its first shorter one, as when the user cuts in: what follows is the answer.

    Attributes:
        since: when it was cut off.
        ended_at: its explicit end, if that has come.
        segment: the turn as recorded; it grows until the utterance is over.
        end: where its last word that is known ended.
    """

    since: float
    ended_at: float | None = None
    segment: AudioSegment | None = None
    end: float = 0.0

    def follow(
        self, playout: Playout, adapter: VoiceAgentAdapter, now: float, user_stop: float | None
    ) -> float | None:
        """Let the segment grow; return when to look again, or `None` when the utterance is over.

        Args:
            playout: what is heard of the agent.
            adapter: reaches the agent.
            now: the media time.
            user_stop: the user's last word since, if the user has spoken.
        """
        tail, last, is_over = adapter.response_tail_silence, self.since, False
        explicit = adapter.turn_end == "explicit"

        def is_enough(silence: float, until: float) -> bool:
            has_spoken = user_stop is not None and until >= user_stop
            return silence >= (min(tail, _STOPPED) if has_spoken else tail)

        for start, end in playout.voiced(self.since, self.ended_at):
            if not explicit and is_enough(start - last, start):
                is_over = True
                break
            last = end
        self._grow(last)
        self.end = last
        if self.ended_at is not None:
            self.end = self.ended_at
            return None if now >= self.ended_at else self.ended_at
        if is_over or (not explicit and is_enough(now - last, now)):
            return None
        return now + tail if explicit else max(now, last + min(tail, _STOPPED)) + _A_LITTLE

    def _grow(self, end: float) -> None:
        segment = self.segment
        if segment is None or end <= segment.end_time or not isinstance(segment.audio_source, TrackSlice):
            return
        source = segment.audio_source
        length = round((end - segment.start_time) * SAMPLE_RATE)
        segment.audio = TrackSlice(source.track, source.start, source.start + length)  # pyright: ignore[reportAttributeAccessIssue]  # its setter takes slices
        segment.end_time = (source.start + length) / SAMPLE_RATE
