"""The voice multiplied: by a number, or by a tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats

_PERIOD = 240  # samples of a tone of 100 Hz


def low_volume(samples: Floats, *, factor: float) -> Floats:
    """Multiply by `factor`."""
    return samples * np.float32(factor)


high_volume = low_volume


def robotic(samples: Floats) -> Floats:
    """Multiply by a tone of 100 Hz (ring modulation)."""
    tone = np.sin(2 * np.pi * np.arange(_PERIOD) / _PERIOD).astype(np.float32)
    return samples * np.resize(tone, len(samples))
