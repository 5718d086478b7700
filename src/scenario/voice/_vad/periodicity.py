"""Whether a sound repeats itself many times a second, as voices and tones do and noise does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Samples

RATE = 6000
"""Samples per second of what is looked at."""

_SEGMENT = RATE // 25  # 40 ms, at least three periods of a voice
_LAGS = np.arange(RATE // 400, RATE // 80 + 1)
_TRANSFORM = 512
_EMPHASIS = 0.9  # without it, the rumble of a street would look like a low voice
_PERIODIC = 0.55


def is_periodic(samples: Samples) -> bool:
    """Return whether most of the sound repeats itself at a rate between 80 and 400 Hz.

    The measure is the greatest normalised autocorrelation at such lags, in segments of 40 ms; the median of
    them counts (L. Rabiner, "On the use of autocorrelation analysis for pitch detection", IEEE Transactions
    on Acoustics, Speech, and Signal Processing 25, 1977). It is below 0.45 for the built-in noises, and above
    0.7 for most speech, for the tones of telephones and for music.

    Args:
        samples: at 6000 Hz, at least a few tenths of a second.
    """
    sharp = samples[1:] - _EMPHASIS * samples[:-1]
    segments = sharp[: len(sharp) // _SEGMENT * _SEGMENT].reshape(-1, _SEGMENT)
    spectrum = np.abs(np.fft.rfft(segments - segments.mean(axis=1, keepdims=True), _TRANSFORM))
    correlation = np.fft.irfft(spectrum * spectrum)[:, _LAGS]
    # A lag of L compares the segment without its last L samples to that without its first: fewer samples.
    correlation *= _SEGMENT / (_SEGMENT - _LAGS)
    energy = np.square(spectrum[:, 1:-1]).sum(axis=1) * (2 / _TRANSFORM)
    ordered = np.sort(correlation.max(axis=1) / np.maximum(energy, 1))
    # The median; numpy's own function loads a tenth of a second of code when it is first called.
    return bool((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2 > _PERIODIC)
