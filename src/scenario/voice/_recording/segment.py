"""One turn of one speaker."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND, SAMPLE_RATE
from scenario.voice._recording.track import TrackSlice

if TYPE_CHECKING:
    from typing import Self

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._recording.track import ReadableTrack


class _Audio:
    """The field `audio`: bytes, or a slice of a track that is read at every access and never kept."""

    def __get__(self, segment: AudioSegment | None, owner: type[AudioSegment]) -> bytes:
        if segment is None:
            raise AttributeError("audio")  # so the dataclass sees a field without default
        source = segment.audio_source
        return source.read() if isinstance(source, TrackSlice) else source

    def __set__(self, segment: AudioSegment, value: bytes | TrackSlice) -> None:
        segment.audio_source = value


class _Sourced:
    audio_source: bytes | TrackSlice
    """Where the field `audio` comes from."""


@dataclass(eq=False, repr=False)
class AudioSegment(_Sourced):
    """One turn of one speaker; segments of both speakers may overlap.

    Attributes:
        speaker: `"user"` or `"agent"`.
        start_time: media time of its first sample, in seconds.
        end_time: media time after its last sample.
        audio: canonical audio (PCM16, 24,000 Hz, mono), as long as the segment. In the recording of a run it
            is read from the track at every access.
        transcript: what was said; of a user what the simulator meant to say.
        transcript_truncated: the turn was interrupted: the transcript may say more than was heard.
        id: its own.
        turn: index of the turn that it belongs to.
        heard_transcript: what of an interrupted turn was heard before it stopped.
        message_id: `id` of the message that the turn became, in results and events; `None` without one.
    """

    speaker: Speaker
    start_time: float
    end_time: float
    audio: _Audio = _Audio()
    transcript: str | None = None
    transcript_truncated: bool = False
    id: str | None = field(default=None, kw_only=True)
    turn: int | None = field(default=None, kw_only=True)
    heard_transcript: str | None = field(default=None, kw_only=True)
    message_id: str | None = field(default=None, kw_only=True)

    @classmethod
    def of_track(cls, track: ReadableTrack, speaker: Speaker, start: int, end: int, **facts: Any) -> Self:
        """Return the segment from sample `start` to sample `end` of a track; it keeps no copy of the audio.

        Args:
            track: the speaker's track.
            speaker: whose it is.
            start: its first sample.
            end: the sample after its last one.
            **facts: the fields from `transcript` on.
        """
        return cls(speaker, start / SAMPLE_RATE, end / SAMPLE_RATE, TrackSlice(track, start, end), **facts)

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return self.end_time - self.start_time

    @property
    def spoken_text(self) -> str:
        """The text of what its audio holds: `heard_transcript` if it was interrupted, else `transcript`."""
        return (self.transcript or "") if self.heard_transcript is None else self.heard_transcript

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AudioSegment):
            return NotImplemented
        others = (name for name in _FACTS if getattr(self, name) != getattr(other, name))
        if next(others, None) is not None or len(self.audio_source) != len(other.audio_source):
            return False
        return self.audio_source == other.audio_source or self.audio == other.audio

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # it can be changed

    def __repr__(self) -> str:
        said = "" if self.transcript is None else f", transcript={self.transcript!r}"
        truncated = ", transcript_truncated=True" if self.transcript_truncated else ""
        seconds = len(self.audio_source) / BYTES_PER_SECOND
        return (
            f"AudioSegment({self.speaker!r}, {self.start_time:.3f}, {self.end_time:.3f}, "
            f"<{seconds:.3f} s of audio>{said}{truncated})"
        )


_FACTS = tuple(item.name for item in fields(AudioSegment) if item.name != "audio")
