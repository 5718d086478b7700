"""The level of what is always there, followed frame by frame."""

from __future__ import annotations

from collections import deque

SILENCE_DBFS = -100.0
"""The level that stands for digital silence and for everything below it."""

_SMOOTHED = 3  # frames; one frame alone says little about noise
_SECOND = 50
_LONGEST = 150
_SPREAD_OF_NOISE_DB = 9.0
_SPREAD_OF_TONES_DB = 0.3


class NoiseFloor:
    """The noise floor of a track, or of a band of it.

    It falls at once. It rises to what the track has not fallen below for a second, if in that second it has
    not been more than 9 dB above it either: that is steady noise. And it rises to what the track has not
    fallen below for three seconds: speech pauses more often, however long it lasts. What is steadier than
    noise can be is a tone, and has these three seconds.
    """

    FORGETS_AFTER = _LONGEST + _SMOOTHED
    """Frames of silence after which nothing of what was before matters."""

    def __init__(self) -> None:
        self._dbfs = SILENCE_DBFS
        self._recent = deque([SILENCE_DBFS] * _SMOOTHED, maxlen=_SMOOTHED)
        self._longest = _Lowest(_LONGEST)
        self._second = _Lowest(_SECOND)
        self._second_negated = _Lowest(_SECOND)

    def follow(self, dbfs: float) -> float:
        """Take in the level of the next frame and return the floor."""
        self._recent.append(dbfs)
        level = max(self._recent)
        lowest = self._second.push(level)
        spread = -self._second_negated.push(-level) - lowest
        longest = self._longest.push(level)
        self._dbfs = max(min(self._dbfs, level), longest)
        if _SPREAD_OF_TONES_DB < spread <= _SPREAD_OF_NOISE_DB:
            self._dbfs = max(self._dbfs, lowest)
        return self._dbfs


class _Lowest:
    """The lowest of the last `length` values; before the first value there was silence."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._count = 0
        # Only values that no later one is below can still become the lowest.
        self._candidates: deque[tuple[int, float]] = deque([(-1, SILENCE_DBFS)])

    def push(self, value: float) -> float:
        candidates = self._candidates
        while candidates and candidates[-1][1] >= value:
            candidates.pop()
        candidates.append((self._count, value))
        self._count += 1
        if candidates[0][0] < self._count - self._length:
            candidates.popleft()
        return candidates[0][1]
