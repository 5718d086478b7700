"""Audio in the library's canonical format: PCM, signed 16 bit little-endian, 24,000 Hz, mono."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SAMPLE_RATE = 24_000
"""Samples per second of canonical audio."""

BYTES_PER_SAMPLE = 2
BYTES_PER_SECOND = SAMPLE_RATE * BYTES_PER_SAMPLE

Speaker = Literal["user", "agent"]
"""Whose voice it is: one of the two recorded tracks."""


@dataclass(slots=True)
class AudioChunk:
    """A piece of canonical audio.

    Attributes:
        data: PCM16 little-endian, 24,000 Hz, mono.
        transcript: what is said in it, if that is known.
        start_time: media time of its first sample, in seconds.
        end_time: media time after its last sample, in seconds.
        speaker: whose track it belongs to.

    Raises:
        ValueError: `data` has an odd number of bytes.
    """

    data: bytes
    transcript: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    speaker: Speaker | None = None

    def __post_init__(self) -> None:
        if len(self.data) % BYTES_PER_SAMPLE:
            raise PartialSampleError(self)

    @property
    def sample_rate(self) -> int:
        """24,000 Hz, always."""
        return SAMPLE_RATE

    @property
    def channels(self) -> int:
        """One, always."""
        return 1

    @property
    def duration_seconds(self) -> float:
        """Its length in seconds; `0.0` when empty."""
        return len(self.data) / BYTES_PER_SECOND

    def __repr__(self) -> str:
        said = "" if self.transcript is None else f", transcript={self.transcript!r}"
        speaker = "" if self.speaker is None else f", speaker={self.speaker!r}"
        return f"AudioChunk({self.duration_seconds:.3f} s{said}{speaker})"


class PartialSampleError(ValueError):
    """Audio that ends within a sample; adapters whose peers cut it there go on with it.

    Attributes:
        chunk: the audio as it was given.
    """

    def __init__(self, chunk: AudioChunk) -> None:
        self.chunk = chunk
        super().__init__(
            f"canonical audio has two bytes per sample, got an odd number of bytes: {len(chunk.data)}"
        )


def silent_chunk(duration_seconds: float) -> AudioChunk:
    """Return silence of `duration_seconds`.

    Raises:
        ValueError: the duration is negative.
    """
    if not 0 <= duration_seconds < float("inf"):
        raise ValueError(f"a duration must be at least 0 seconds, and not for ever; got {duration_seconds!r}")
    return AudioChunk(bytes(int(duration_seconds * SAMPLE_RATE) * BYTES_PER_SAMPLE))
