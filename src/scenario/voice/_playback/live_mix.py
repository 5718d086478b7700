"""The two tracks of a run as they come, added up by media time."""

from __future__ import annotations

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._recording.mix import mixed

LONGEST = 2 * SAMPLE_RATE
"""Samples that are kept for a device that is slow; what is older is dropped."""


class LiveMix:
    """Pieces of audio that have come and were not taken yet; positions count samples of media time."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytes]] = []
        self._position: int | None = None
        self.end = 0
        """Where the latest piece ends."""

    def add(self, start: int, pcm: bytes) -> None:
        """Add a piece that begins at `start`; what lies before the audio that was taken is lost."""
        if self._position is None:
            self._position = start
        self._pieces.append((start, pcm))
        self.end = max(self.end, start + len(pcm) // BYTES_PER_SAMPLE)
        self._forget(self.end - LONGEST)

    def take(self, until: int) -> bytes:
        """Return the sum of what lies between the last taking and `until`, silence where nothing is.

        Of a longer time than `LONGEST` only the end is returned.
        """
        if self._position is None or until <= self._position:
            return b""
        start = max(self._position, until - LONGEST)
        total = bytes((until - start) * BYTES_PER_SAMPLE)
        for position, pcm in self._pieces:
            first = max(start, position)
            last = min(until, position + len(pcm) // BYTES_PER_SAMPLE)
            if first < last:
                piece = pcm[(first - position) * BYTES_PER_SAMPLE : (last - position) * BYTES_PER_SAMPLE]
                before, after = (bytes(count * BYTES_PER_SAMPLE) for count in (first - start, until - last))
                total = mixed(total, before + piece + after)
        self._position = until
        self._forget(until)
        return total

    def _forget(self, before: int) -> None:
        self._pieces = [
            (start, pcm) for start, pcm in self._pieces if start + len(pcm) // BYTES_PER_SAMPLE > before
        ]
