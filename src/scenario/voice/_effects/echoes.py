"""The voice that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats


def echo(samples: Floats, *, delay_ms: float, decay: float) -> Floats:
    """Add the voice once more, `delay_ms` later and softer; the result is longer by the delay."""
    delay = round(delay_ms * 24)
    louder = np.zeros(len(samples) + delay, np.float32)
    louder[: len(samples)] = samples
    louder[delay:] += np.float32(decay) * samples
    return louder
