"""Which 20 ms frames of a track are voiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, from_pcm, np
from scenario.voice._vad.noise_floors import SILENCE_DBFS, NoiseFloors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.arrays import Samples

FRAME_SAMPLES = 480

_BANDS = 4
MARGIN_DB = 9.0
"""How far above the noise floor a frame is voiced."""

_FADING = 4 / 9  # of the margin, directly after a voiced frame: words fade away
_QUIETEST = 10 ** (SILENCE_DBFS / 10)
_SILENCE = np.zeros(FRAME_SAMPLES // 4, np.int64)


class VoicedFrames:
    """Says of each frame of a track whether it is voiced.

    It is, when it is above the threshold as a whole, and by a margin above the noise floor as a whole or in a
    band: the end of a word that drowns in a room's murmur is still heard above it at higher frequencies.

    Args:
        threshold_dbfs: level under which a frame is never voiced.
        margin_db: the margin; less than half of it directly after a voiced frame.
    """

    def __init__(self, threshold_dbfs: float, margin_db: float = MARGIN_DB) -> None:
        self._threshold = threshold_dbfs
        self._margin = margin_db
        self._floors = NoiseFloors(_BANDS)
        self._voiced = False

    def push(self, pcm: bytes) -> list[bool]:
        """Return which of the next frames are voiced; `pcm` is whole frames."""
        levels, sounds = _analysed(pcm)
        return list(map(self._is_voiced, levels, sounds))

    def skip(self, frames: int) -> list[bool]:
        """Take in frames of silence, and return which of the first are voiced: none, nor any that follow."""
        heard = NoiseFloors.heard_of_silence(frames)
        return [self._is_voiced([SILENCE_DBFS] * _BANDS, _SILENCE) for _ in range(heard)]

    def _is_voiced(self, levels: Sequence[float], sound: Samples) -> bool:
        above = max(self._floors.follow(levels, sound))
        fading = self._voiced and not self._floors.have_risen
        margin = _FADING * self._margin if fading else self._margin
        self._voiced = levels[0] > self._threshold and above >= margin
        return self._voiced


def _analysed(pcm: bytes) -> tuple[list[list[float]], list[Samples]]:
    """Return each frame's levels in dBFS (whole, above 6 kHz, from 3 to 6 kHz, below) and its lowest band.

    The bands are those of the Haar wavelet, sums and differences of neighbours. They overlap widely, but they
    are whole numbers and end with the frame: how the track is cut into pieces makes no difference.
    """
    whole = from_pcm(pcm).reshape(-1, FRAME_SAMPLES).astype(np.int64)
    upper, low = _split(whole)
    middle, lower = _split(low)
    powers = np.empty((len(whole), _BANDS))
    for number, (band, gain) in enumerate([(whole, 1), (upper, 2), (middle, 4), (lower, 4)]):
        powers[:, number] = np.einsum("ij,ij->i", band, band) / (gain * FRAME_SAMPLES * FULL_SCALE**2)
    return (10 * np.log10(np.maximum(powers, _QUIETEST))).tolist(), list(lower)


def _split(samples: Samples) -> tuple[Samples, Samples]:
    """Return the differences and the sums of neighbours."""
    first, second = samples[:, 0::2], samples[:, 1::2]
    return first - second, first + second
