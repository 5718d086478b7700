"""Linear-phase filters for whole utterances: windowed sinc, convolved block by block."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._audio.chunk import SAMPLE_RATE

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats

_BLOCK = 4096


@lru_cache(16)
def band_pass(low: float, high: float, taps: int = 511) -> Floats:
    """Return the impulse response that keeps `low` to `high` Hz of audio at 24,000 Hz.

    A Kaiser window with beta 6 (60 dB) over the ideal response; the transition is 87 kHz divided by the
    number of taps wide (A. Oppenheim, R. Schafer, Discrete-Time Signal Processing, 7.5).

    Args:
        low: lower edge in Hz, where half of the amplitude is left; 0 for none.
        high: upper edge in Hz.
        taps: odd number of coefficients.
    """
    time = np.arange(taps) - taps // 2
    ideal = [2 * edge / SAMPLE_RATE * np.sinc(2 * edge / SAMPLE_RATE * time) for edge in (low, high)]
    return ((ideal[1] - ideal[0]) * np.kaiser(taps, 6.0)).astype(np.float32)


def convolve(samples: Floats, response: Floats) -> Floats:
    """Return `samples` filtered, without delay and as long as before (overlap-add)."""
    step = _BLOCK - len(response) + 1
    blocks = -(-len(samples) // step)
    padded = np.zeros((blocks, step), np.float32)
    padded.reshape(-1)[: len(samples)] = samples
    spectrum = np.fft.rfft(padded, _BLOCK, axis=1)
    spectrum *= np.fft.rfft(response, _BLOCK)
    parts = np.fft.irfft(spectrum, _BLOCK, axis=1)
    parts[1:, : _BLOCK - step] += parts[:-1, step:]
    whole = np.concatenate([parts[:, :step].reshape(-1), parts[-1, step:]])
    delay = len(response) // 2
    return whole[delay : delay + len(samples)].astype(np.float32, copy=False)
