"""Which 20 ms frames of a track are voiced: their level against a noise floor that follows the track."""

from __future__ import annotations

from collections import deque

SILENCE_DBFS = -100.0
"""The level that stands for digital silence and for everything below it."""

MARGIN_DB = 9.0
"""How far above the noise floor a frame is voiced."""

_SMOOTHED = 3  # frames; one frame alone says little about noise
_STEADY_NOISE = 50  # frames: what keeps within the margin for a second is noise, ...
_STEADY_TONE_DB = 0.3  # ... unless it is steadier than noise can be: then it is a tone, ...
_LONGEST = 150  # ... and for what never falls lower within three seconds that makes no difference


class NoiseFloor:
    """The level of what is always there.

    It falls at once and rises only to what the track has not fallen below for a while, so that speech, which
    pauses within a second or two however long it lasts, never becomes its own noise floor.
    """

    FORGETS_AFTER = _LONGEST + _SMOOTHED
    """Frames of silence after which nothing of what was before matters."""

    def __init__(self) -> None:
        self.dbfs = SILENCE_DBFS
        self._recent: deque[float] = deque([SILENCE_DBFS] * _SMOOTHED, maxlen=_SMOOTHED)
        self._levels: deque[float] = deque([SILENCE_DBFS] * _LONGEST, maxlen=_LONGEST)
        self._second: deque[float] = deque([SILENCE_DBFS] * _STEADY_NOISE, maxlen=_STEADY_NOISE)

    def follow(self, dbfs: float) -> None:
        """Take in the level of the next frame."""
        self._recent.append(dbfs)
        level = max(self._recent)
        self._levels.append(level)
        self._second.append(level)
        lowest = min(self._second)
        self.dbfs = min(self.dbfs, level)
        if lowest > self.dbfs and _STEADY_TONE_DB < max(self._second) - lowest <= MARGIN_DB:
            self.dbfs = lowest
        elif level > self.dbfs:
            self.dbfs = max(self.dbfs, min(self._levels))
