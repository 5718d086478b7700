"""The level of what is always there, in each band of a track, followed frame by frame."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._vad.periodicity import is_periodic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.arrays import Samples

SILENCE_DBFS = -100.0
"""The level that stands for digital silence and for everything below it."""

_SMOOTHED = 3  # frames; one frame alone says little about noise
_SECOND = 50
_LONGEST = 150
_SPREAD_DB = 9.0
_LOOKS_EVERY = 10


class NoiseFloors:
    """The noise floors of a track: of the whole and of its bands.

    They fall at once. They rise to what has not been fallen below for a second, if in that second no band
    has been more than 9 dB above it either, and if the sound does not repeat itself: that is steady noise.
    Speech moves from band to band, and vowels and tones are periodic. And they rise to what has not been
    fallen below for three seconds: speech pauses more often, however long it lasts.

    Args:
        bands: how many there are.
    """

    FORGETS_AFTER = _LONGEST + _SMOOTHED
    """Frames of silence after which nothing of what was before matters."""

    def __init__(self, bands: int) -> None:
        self._bands = [_Band() for _ in range(bands)]
        self._sound: deque[Samples] = deque(maxlen=_SECOND)
        self._looks_in = 0

    def follow(self, levels: Sequence[float], sound: Samples) -> list[float]:
        """Take in the next frame, and return how far each band is above its floor.

        Args:
            levels: of the bands, in dBFS.
            sound: the frame's samples, at the rate of `periodicity`.
        """
        self._sound.append(sound)
        self._looks_in = max(0, self._looks_in - 1)
        spreads = [band.follow(level) for band, level in zip(self._bands, levels, strict=True)]
        if not self._looks_in and max(spreads) <= _SPREAD_DB and any(band.may_rise for band in self._bands):
            self._looks_in = _LOOKS_EVERY
            if not is_periodic(np.concatenate(self._sound)):
                for band in self._bands:
                    band.floor = max(band.floor, band.lowest)
        return [level - band.floor for band, level in zip(self._bands, levels, strict=True)]


class _Band:
    """What is known of a band: its floor, and the lowest level of the last second."""

    def __init__(self) -> None:
        self.floor = self.lowest = SILENCE_DBFS
        self._recent = deque([SILENCE_DBFS] * _SMOOTHED, maxlen=_SMOOTHED)
        self._longest = _Lowest(_LONGEST)
        self._second = _Lowest(_SECOND)
        self._second_negated = _Lowest(_SECOND)

    @property
    def may_rise(self) -> bool:
        """Whether the floor is below what the last second has not fallen below."""
        return self.floor < self.lowest

    def follow(self, dbfs: float) -> float:
        """Take in the next level, and return by how much levels differed within the last second."""
        self._recent.append(dbfs)
        level = max(self._recent)
        self.lowest = self._second.push(level)
        self.floor = max(min(self.floor, level), self._longest.push(level))
        return -self._second_negated.push(-level) - self.lowest


class _Lowest:
    """The lowest of the last `length` values."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._count = 0
        # Only values that no later one is below can still become the lowest. Before the first was silence.
        self._candidates = deque([(-1, SILENCE_DBFS)])

    def push(self, value: float) -> float:
        candidates = self._candidates
        while candidates and candidates[-1][1] >= value:
            candidates.pop()
        candidates.append((self._count, value))
        self._count += 1
        if candidates[0][0] < self._count - self._length:
            candidates.popleft()
        return candidates[0][1]
