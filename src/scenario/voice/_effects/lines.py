"""What a line does to a voice: its band, its sampling rate, its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._effects.filters import band_pass, convolve
from scenario.voice._effects.seeding import effect_rng

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats

_SOFT_LIMIT = 16_000


def phone_quality(samples: Floats) -> Floats:
    """Keep 300 to 3400 Hz, then limit softly."""
    # The edges of the filter lie a little outside: what is to be kept loses less than 0.5 dB.
    narrow = convolve(samples, band_pass(250, 3450))
    narrow /= _SOFT_LIMIT
    return np.tanh(narrow, out=narrow) * np.float32(_SOFT_LIMIT)


def low_quality(samples: Floats, *, bitrate: float, alias: bool) -> Floats:
    """Resample to `bitrate` Hz and back."""
    if bitrate >= SAMPLE_RATE:
        return samples
    if alias:
        # Nearest earlier sample, held: everything above half the rate folds back.
        held = np.arange(len(samples)) * bitrate // SAMPLE_RATE
        return samples[(held * SAMPLE_RATE / bitrate).astype(np.int64)]
    # Down and up again through ideal filters is one low-pass below half the rate.
    return convolve(samples, band_pass(0, 0.46 * bitrate))


def static(samples: Floats, *, intensity: float, seed: int | None) -> Floats:
    """Add Gaussian noise with a standard deviation of `intensity` of full scale."""
    noise = effect_rng(seed).standard_normal(len(samples), np.float32)
    noise *= np.float32(32_767 * intensity)
    noise += samples
    return noise
