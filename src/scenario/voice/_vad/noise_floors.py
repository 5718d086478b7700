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

_SMOOTHED = 3  # frames, of which the loudest counts; one frame alone says little about noise
_SECOND = 50
_LONGEST = 150
_SPREAD_DB = 9.0
_LOOKS_EVERY = 3
_LOOKS_AGAIN_AFTER = 10  # what repeats itself goes on doing so for a while


class NoiseFloors:
    """The noise floors of a track: of the whole and of its bands.

    They fall at once. They rise to what has not been fallen below for a second, if in that second no band
    has been more than 9 dB above it either, and if the sound does not repeat itself: that is steady noise.
    Speech moves from band to band, and vowels and tones are periodic. And they rise to what has not been
    fallen below for three seconds: speech pauses more often, however long it lasts.

    Args:
        bands: how many there are.

    Attributes:
        have_risen: whether the last frame was recognised as steady noise, louder than what was known before.
    """

    def __init__(self, bands: int) -> None:
        self._bands = [_Band() for _ in range(bands)]
        self._sound: deque[Samples] = deque(maxlen=_SECOND)
        self._looks_in = 0
        self.have_risen = False

    def follow(self, levels: Sequence[float], sound: Samples) -> list[float]:
        """Take in the next frame, and return how far each band is above its floor.

        Args:
            levels: of the bands, in dBFS.
            sound: the frame's samples, at the rate of `periodicity`.
        """
        self._sound.append(sound)
        for band, level in zip(self._bands, levels, strict=True):
            band.follow(level)
        self.have_risen = False
        if self._looks_in:
            self._looks_in -= 1
        else:
            self._look()
        return [level - band.floor for band, level in zip(self._bands, levels, strict=True)]

    def _look(self) -> None:
        """Let the floors rise if the last second was steady noise."""
        self._looks_in = _LOOKS_EVERY - 1
        lowest = [min(band.second) for band in self._bands]
        rises = any(band.floor < low for band, low in zip(self._bands, lowest, strict=True))
        if not rises or any(
            max(band.second) - low > _SPREAD_DB for band, low in zip(self._bands, lowest, strict=True)
        ):
            return
        if is_periodic(np.concatenate(self._sound)):
            self._looks_in = _LOOKS_AGAIN_AFTER - 1
            return
        self.have_risen = True
        for band, low in zip(self._bands, lowest, strict=True):
            band.floor = max(band.floor, low)

    @staticmethod
    def heard_of_silence(frames: int) -> int:
        """Return after how many of so many frames of silence all is as after the last of them."""
        rest = frames - _LONGEST - _SMOOTHED - _LOOKS_AGAIN_AFTER
        return frames if rest < 0 else frames - rest + rest % _LOOKS_EVERY


class _Band:
    """What is known of a band: its floor, and its levels of the last second."""

    def __init__(self) -> None:
        self.floor = SILENCE_DBFS
        self.second = deque([SILENCE_DBFS] * _SECOND, maxlen=_SECOND)
        self._before = self._last = SILENCE_DBFS
        self._longest = _Lowest(_LONGEST)

    def follow(self, dbfs: float) -> None:
        """Take in the next level."""
        level = max(self._before, self._last, dbfs)
        self._before, self._last = self._last, dbfs
        self.second.append(level)
        self.floor = max(min(self.floor, level), self._longest.push(level))


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
