"""Audio that is made piece by piece, so that an hour of it never lies in memory as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._recording.mix import interleaved, mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenario.voice._recording.track import ReadableTrack

_BLOCK = SAMPLE_RATE  # samples: one second


class Sound(Protocol):
    """PCM16 at 24,000 Hz, of a known length."""

    @property
    def channels(self) -> int:
        """One or two."""
        ...

    @property
    def samples(self) -> int:
        """The length, in samples per channel."""
        ...

    def blocks(self) -> Iterator[bytes]:
        """Return the audio in pieces of at most a second."""
        ...


class Whole:
    """Canonical audio that is in memory already.

    Args:
        pcm: the audio.
    """

    channels = 1

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self.samples = len(pcm) // BYTES_PER_SAMPLE

    def blocks(self) -> Iterator[bytes]:
        """Return the audio in pieces of a second."""
        size = _BLOCK * BYTES_PER_SAMPLE
        end = self.samples * BYTES_PER_SAMPLE
        return (self._pcm[start : min(start + size, end)] for start in range(0, end, size))


class Mono:
    """Two tracks, added up.

    Args:
        user: the user's track.
        agent: the agent's track.
        samples: the length; beyond a track there is silence.
    """

    channels = 1

    def __init__(self, user: ReadableTrack, agent: ReadableTrack, samples: int) -> None:
        self._user = user
        self._agent = agent
        self.samples = samples

    def blocks(self) -> Iterator[bytes]:
        """Return the audio in pieces of a second."""
        for user, agent in self._pairs():
            yield mixed(user, agent)

    def _pairs(self) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, self.samples, _BLOCK):
            end = min(start + _BLOCK, self.samples)
            yield self._user.read(start, end), self._agent.read(start, end)


class Stereo(Mono):
    """Two tracks as two channels: the user left, the agent right."""

    channels = 2

    def blocks(self) -> Iterator[bytes]:
        """Return the audio in pieces of a second."""
        for user, agent in self._pairs():
            yield interleaved(user, agent)
