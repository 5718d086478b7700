"""Resampling: streaming with a short filter for live audio, and by soxr for whole utterances.

The streaming filter is a polyphase FIR, a sinc under a Kaiser window (Crochiere and Rabiner, "Multirate
Digital Signal Processing", 1983, chapter 4). With rates in lowest terms, every `down` input samples become
`up` output samples, each a fixed weighted sum of its surroundings. So a run of outputs is one matrix product
of overlapping windows of the input with a band matrix that is computed once for each pair of rates.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice._audio.arrays import np, saturate
from scenario.voice._audio.formats import check_rate
from scenario.voice.errors import MissingVoiceDependencyError

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats, Samples

# The filter turns from 0.9 to 1.1 of the lower Nyquist frequency and is 70 dB down beyond: by Kaiser's
# formula this takes 43.2 samples of the lower rate in all, half of them after the moment that is computed.
_ATTENUATION_DB = 70.0
_BETA = 0.1102 * (_ATTENUATION_DB - 8.7)
_HALF_WIDTH = (_ATTENUATION_DB - 7.95) / (2.285 * 2 * np.pi * 0.1) / 2

_PIECE = 1 << 17
"""Input samples that are worked on at once, so that a long recording needs little memory beside itself."""

_LARGEST_KERNEL = 1 << 21


class StreamResampler:
    """Changes the sample rate of one stream, piece by piece.

    The filter's delay is compensated: output sample `n` belongs to the moment `n / to_rate` of the input. At
    most 2.9 ms (at 8,000 Hz; less at higher rates) of the input wait for what follows them. Samples are
    returned in the type that they came in: `int16`, saturated, or `float32` for any float.

    Args:
        from_rate: samples per second of what is pushed.
        to_rate: samples per second of what is returned.

    Raises:
        ValueError: a rate that no audio has, or two rates without a usable ratio.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._kernel = None if from_rate == to_rate else _kernel(from_rate, to_rate)
        self._integers = True
        self._begin()

    def _begin(self) -> None:
        # `_held` begins `before` samples ahead of the window's first output, of which `_given` were returned.
        self._held: Floats = np.zeros(self._kernel.before if self._kernel else 0, np.float32)
        self._given = 0
        self._received = self._returned = 0

    def push(self, samples: Samples) -> Samples:
        """Return the output that `samples`, mono, make possible."""
        self._integers = samples.dtype.kind == "i"
        if self._kernel is None:
            return self._typed(samples)
        pieces = [samples[at : at + _PIECE] for at in range(0, len(samples), _PIECE)]
        if len(pieces) == 1:
            return self._typed(self._advance(samples))
        return self._typed(np.concatenate([np.empty(0, np.float32), *map(self._advance, pieces)]))

    def flush(self) -> Samples:
        """Return the rest, so that the whole output is as long as the whole input, and begin a new stream."""
        if self._kernel is None:
            return self._typed(np.empty(0, np.float32))
        total = scaled_length(self._received, self._kernel.down, self._kernel.up)
        missing = total - self._returned
        rest = self._advance(np.zeros(self._kernel.after + self._kernel.down, np.float32))[:missing]
        self._begin()
        return self._typed(rest)

    def _typed(self, samples: Samples) -> Samples:
        return saturate(samples) if self._integers else samples.astype(np.float32, copy=False)

    def _advance(self, samples: Samples) -> Floats:
        kernel = self._kernel
        assert kernel is not None
        up, down, before, after, stride, matrix = kernel
        held = np.concatenate([self._held, samples], dtype=np.float32, casting="unsafe")
        self._received += len(samples)
        # Output m of the window needs input m * down // up + after.
        ready = max(-(-(len(held) - before - after) * up // down), 0)
        if ready <= self._given:
            self._held = held
            return held[:0]
        width, per_window = matrix.shape
        windows = -(-ready // per_window)
        padding = (windows - 1) * stride + width - len(held)
        padded = np.pad(held, (0, padding)) if padding > 0 else held
        # Copied, because numpy multiplies overlapping rows without its fast linear algebra.
        rows = np.ascontiguousarray(
            np.lib.stride_tricks.sliding_window_view(padded, width)[::stride][:windows]
        )
        output: Floats = (rows @ matrix).ravel()[self._given : ready]
        complete = ready // per_window
        self._held = held[complete * stride :].copy()
        self._given = ready - complete * per_window
        self._returned += len(output)
        return output


class _Kernel(NamedTuple):
    up: int
    down: int
    before: int
    """Input samples that an output needs before its own moment."""
    after: int
    """Input samples that an output needs from its own moment on."""
    stride: int
    """Input samples from one window to the next."""
    matrix: Floats
    """Weights: window of the input by outputs."""


@lru_cache(maxsize=32)
def _kernel(from_rate: int, to_rate: int) -> _Kernel:
    check_rate(from_rate)
    check_rate(to_rate)
    divisor = gcd(from_rate, to_rate)
    up, down = to_rate // divisor, from_rate // divisor
    lower = min(from_rate, to_rate)
    half = ceil(_HALF_WIDTH * from_rate / lower)
    # Windows about as long as the filter: shorter ones overlap more, longer ones multiply more zeros.
    periods = max(1, round(2 * half / down))
    outputs, stride = periods * up, periods * down
    width = (outputs - 1) * down // up + 2 * half
    if width * outputs > _LARGEST_KERNEL:
        raise ValueError(
            f"no streaming conversion from {from_rate} to {to_rate} Hz: their ratio {up}/{down} is too odd; "
            "use a common rate such as 8000, 16000, 24000, 44100 or 48000"
        )
    moments = np.arange(outputs) * down / up
    distance = moments[None, :] - (np.arange(width)[:, None] - (half - 1))
    inside = np.abs(distance) <= half
    window = np.i0(_BETA * np.sqrt(np.where(inside, 1 - (distance / half) ** 2, 0)))
    weights = np.where(inside, np.sinc(distance * lower / from_rate) * window, 0)
    # Each output weighs a constant input the same, so that silence with an offset stays free of tones.
    weights /= weights.sum(axis=0)
    return _Kernel(up, down, half - 1, half + 1, stride, weights.astype(np.float32))


def resample_whole(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """Return a whole utterance at another rate, by soxr's best filter.

    Args:
        samples: mono, `int16` or floats.
        from_rate: its samples per second.
        to_rate: the wanted samples per second.

    Raises:
        ValueError: a rate that no audio has.
        MissingVoiceDependencyError: soxr is not installed.
    """
    check_rate(from_rate)
    check_rate(to_rate)
    integers = samples.dtype.kind == "i"
    if from_rate == to_rate or not len(samples):
        return samples
    try:
        import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has annotations, and no marker for them
    except ImportError as error:
        feature = "converting the sample rate of a whole recording"
        raise MissingVoiceDependencyError(feature=feature, package="soxr", extra="voice") from error
    output = soxr.resample(samples.astype(np.float32, copy=False), from_rate, to_rate, "VHQ")
    length = scaled_length(len(samples), from_rate, to_rate)
    output = np.pad(output, (0, max(length - len(output), 0)))[:length]
    return saturate(output) if integers else output


def scaled_length(count: int, from_rate: int, to_rate: int) -> int:
    """Return how many samples at `to_rate` last as long as `count` at `from_rate`, to the nearest one."""
    return (2 * count * to_rate + from_rate) // (2 * from_rate)
