"""How loud audio is."""

from __future__ import annotations

from math import inf, log10, sqrt
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, from_pcm, np

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Samples


def rms(audio: bytes | Samples) -> float:
    """Return the root mean square of PCM16 audio, as a share of full scale; `0.0` when empty."""
    samples = from_pcm(audio) if isinstance(audio, bytes) else audio
    if not len(samples):
        return 0.0
    scaled = samples.astype(np.float32)
    return sqrt(float(np.dot(scaled, scaled)) / len(scaled)) / FULL_SCALE


def dbfs(audio: bytes | Samples) -> float:
    """Return the level of PCM16 audio in dBFS; `-inf` when all is zero.

    Full scale is a square wave of the greatest sample values, so the loudest sine has -3 dBFS.
    """
    return decibels(rms(audio))


def decibels(ratio: float) -> float:
    """Return an amplitude ratio in decibels; `-inf` for zero."""
    return 20 * log10(ratio) if ratio > 0 else -inf


def amplitude(level_dbfs: float) -> float:
    """Return the root mean square, as a share of full scale, that has `level_dbfs`."""
    return 10 ** (level_dbfs / 20)
