"""Which 20 ms frames of a track are voiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, from_pcm, np
from scenario.voice._vad.noise_floor import SILENCE_DBFS, NoiseFloor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FRAME_SAMPLES = 480

_BANDS = 4
_MARGIN_DB = 9.0
_CONTINUES_DB = 6.0  # directly after a voiced frame: speech fades away
_QUIETEST = 10 ** (SILENCE_DBFS / 10)


class VoicedFrames:
    """Says of each frame of a track whether it is voiced.

    It is, when it is above the threshold as a whole, and 9 dB above the noise floor as a whole or in a band:
    the end of a word that drowns in a room's murmur is still heard above it at higher frequencies.

    Args:
        threshold_dbfs: level under which a frame is never voiced.
    """

    FORGETS_AFTER = NoiseFloor.FORGETS_AFTER
    """Frames of silence after which nothing of what was before matters."""

    def __init__(self, threshold_dbfs: float) -> None:
        self._threshold = threshold_dbfs
        self._floors = [NoiseFloor() for _ in range(_BANDS)]
        self._voiced = False

    def push(self, pcm: bytes) -> list[bool]:
        """Return which of the next frames are voiced; `pcm` is whole frames."""
        return [self._is_voiced(levels) for levels in _levels(pcm)]

    def skip(self, frames: int) -> list[bool]:
        """Take in frames of silence, which are never voiced."""
        return [self._is_voiced([SILENCE_DBFS] * _BANDS) for _ in range(frames)]

    def _is_voiced(self, levels: Sequence[float]) -> bool:
        margin = _CONTINUES_DB if self._voiced else _MARGIN_DB
        above = [level - floor.follow(level) for level, floor in zip(levels, self._floors, strict=True)]
        self._voiced = levels[0] > self._threshold and max(above) >= margin
        return self._voiced


def _levels(pcm: bytes) -> list[list[float]]:
    """Return the level of each frame in dBFS: of the whole, above 6 kHz, from 3 to 6 kHz, and below.

    The bands are those of the Haar wavelet, sums and differences of neighbours. They overlap widely, but they
    are whole numbers and end with the frame: how the track is cut into pieces makes no difference.
    """
    whole = from_pcm(pcm).reshape(-1, FRAME_SAMPLES).astype(np.int64)
    upper, low = _split(whole)
    middle, lower = _split(low)
    powers = np.empty((len(whole), _BANDS))
    for number, (band, gain) in enumerate([(whole, 1), (upper, 2), (middle, 4), (lower, 4)]):
        powers[:, number] = np.einsum("ij,ij->i", band, band) / (gain * FRAME_SAMPLES * FULL_SCALE**2)
    return (10 * np.log10(np.maximum(powers, _QUIETEST))).tolist()


def _split(samples: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the differences and the sums of neighbours."""
    first, second = samples[:, 0::2], samples[:, 1::2]
    return first - second, first + second
