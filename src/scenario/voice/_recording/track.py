"""The audio of one speaker over the whole run, by media time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Protocol

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._recording.spool import Spool

SPOOL_LIMIT = 32 * 1024 * 1024
"""Bytes of a track that stay in memory (11 minutes of sound): 64 MiB for both tracks of a run."""


class ReadableTrack(Protocol):
    """Canonical audio that can be read piece by piece; positions count samples from media time 0."""

    @property
    def length(self) -> int:
        """Samples up to the end of the last sound."""
        ...

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Return the audio from `start` to `end` (default: the length); silence where there is none."""
        ...


class Track:
    """Canonical audio that is written as it is heard.

    Gaps between writes are silence and take no room. Beyond `spool_limit` the audio moves to a temporary
    file, which is closed with the track.

    Args:
        spool_limit: bytes that are kept in memory.
    """

    def __init__(self, spool_limit: int = SPOOL_LIMIT) -> None:
        self._spool = Spool(spool_limit)
        # Sound without gaps is one stretch: where it starts on the track, and where in the spool (both in
        # samples). It ends in the spool where the next one starts.
        self._starts: list[int] = []
        self._offsets: list[int] = []
        self._length = 0

    @property
    def length(self) -> int:
        """Samples up to the end of what was written."""
        return self._length

    @property
    def duration(self) -> float:
        """The length in seconds."""
        return self._length / SAMPLE_RATE

    def write(self, position: int, pcm: bytes) -> None:
        """Write audio that begins at `position`; no audio at all makes the track that long.

        Args:
            position: in samples, not before the end of what was written.
            pcm: canonical audio.

        Raises:
            ValueError: the position lies before the end, the audio has an odd number of bytes, or the track
                is closed.
            OSError: the temporary file cannot be written.
        """
        if position < self._length:
            raise ValueError(
                f"a track is written in order: it is {self._length} samples long, got position {position}; "
                "truncate() it first to write over its end"
            )
        if len(pcm) % BYTES_PER_SAMPLE:
            raise ValueError(f"canonical audio has two bytes per sample, got {len(pcm)} bytes")
        if pcm:
            offset = self._spool.size // BYTES_PER_SAMPLE
            self._spool.append(pcm)
            if not self._starts or self._starts[-1] + offset - self._offsets[-1] != position:
                self._starts.append(position)
                self._offsets.append(offset)
        self._length = position + len(pcm) // BYTES_PER_SAMPLE

    def truncate(self, position: int) -> None:
        """Drop everything from `position` (in samples) on; a shorter track stays as it is."""
        while self._starts and self._starts[-1] >= position:
            self._starts.pop()
            self._spool.cut(self._offsets.pop() * BYTES_PER_SAMPLE)
        if self._starts:
            self._spool.cut((self._offsets[-1] + position - self._starts[-1]) * BYTES_PER_SAMPLE)
        self._length = min(self._length, max(position, 0))

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Return the audio from `start` to `end`, in samples; silence where nothing was written.

        Raises:
            ValueError: the track is closed.
        """
        self._spool.check_open()
        end = self._length if end is None else end
        pieces: list[bytes] = []
        position = start
        for index in range(max(bisect_right(self._starts, start) - 1, 0), len(self._starts)):
            begin = self._starts[index]
            if begin >= end:
                break
            first, last = max(start, begin), min(end, begin + self._samples_of(index))
            if first >= last:
                continue
            pieces.append(bytes((first - position) * BYTES_PER_SAMPLE))
            shift = self._offsets[index] - begin
            pieces.append(
                self._spool.read((first + shift) * BYTES_PER_SAMPLE, (last + shift) * BYTES_PER_SAMPLE)
            )
            position = last
        pieces.append(bytes(max(end - position, 0) * BYTES_PER_SAMPLE))
        full = [piece for piece in pieces if piece]
        return full[0] if len(full) == 1 else b"".join(full)

    def close(self) -> None:
        """Free the audio; it cannot be read afterwards."""
        self._spool.close()

    def _samples_of(self, index: int) -> int:
        last = index + 1 == len(self._offsets)
        end = self._spool.size // BYTES_PER_SAMPLE if last else self._offsets[index + 1]
        return end - self._offsets[index]

    def __repr__(self) -> str:
        return f"Track({self.duration:.3f} s)"


@dataclass(frozen=True, slots=True)
class TrackSlice:
    """A part of a track, read when it is needed.

    Attributes:
        track: the track.
        start: its first sample.
        end: the sample after its last one.
    """

    track: ReadableTrack
    start: int
    end: int

    def read(self) -> bytes:
        """Return its audio."""
        return self.track.read(self.start, self.end)

    def __len__(self) -> int:
        """Its length in bytes."""
        return (self.end - self.start) * BYTES_PER_SAMPLE
