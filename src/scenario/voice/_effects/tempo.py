"""Faster and slower speech at the same pitch: waveform similarity overlap-add.

After W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high
quality time-scale modification of speech", ICASSP 1993. Here the places of the splices are fixed in the input
and how far each one jumps is chosen: so all of them are compared at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenario.voice._audio.arrays import Floats

_CROSSFADE = 240  # samples, 10 ms
_REACH = 180  # samples, 7.5 ms: how far a jump may be from where it should be; voices from 67 Hz fit
_JUMP = 480  # samples, 20 ms: the jump aimed at, ...
_NEAREST, _FARTHEST = 1.2 * _JUMP, 3 * _JUMP  # ... with splices no nearer and no farther apart than these
_HALF = 2  # likeness is compared at half the rate
_DRIFT_PENALTY = 0.1  # of a perfect likeness: between equals, the one that keeps time
_MOST = 2.0  # what one pass can do


def speaking_fast(samples: Floats, *, factor: float) -> Floats:
    """Divide the duration by `factor`."""
    passes = max(1, math.ceil(abs(math.log(factor)) / math.log(_MOST)))
    for _ in range(passes):
        samples = _change(samples, factor ** (1 / passes))
    return samples


speaking_slow = speaking_fast


def _change(samples: Floats, factor: float) -> Floats:
    """Change the tempo by a factor from 0.5 to 2."""
    saved = 1 - 1 / factor  # of each sample, how much is to be jumped over
    distance = min(max(_JUMP / abs(saved), _NEAREST), _FARTHEST)
    count = max(1, round(len(samples) / distance))
    splices = ((np.arange(count) + 0.5) * len(samples) / count).astype(np.int64)
    wanted = saved * len(samples) / count

    margin = round(abs(wanted)) + 4 * _REACH + _CROSSFADE
    padded = np.concatenate([np.zeros(margin, np.float32), samples, np.zeros(margin, np.float32)])
    lowest = round(wanted) - 2 * _REACH
    likeness = _likeness(padded, splices + margin, lowest)
    jumps = _choose(likeness, lowest, wanted)
    return _join(padded, splices + margin, jumps, margin)


def _likeness(padded: Floats, splices: NDArray[np.int64], lowest: int) -> NDArray[np.float32]:
    """Return how alike the audio at each splice is to that `lowest + 2 * column` samples later (-1 to 1)."""
    even = len(padded) // _HALF * _HALF
    half = padded[:even:_HALF] + padded[1:even:_HALF]
    length, columns = _CROSSFADE // _HALF, 4 * _REACH // _HALF + 1
    span = columns + length - 1
    all_spans = np.lib.stride_tricks.sliding_window_view(half, span)
    places = splices // _HALF
    templates = all_spans[places, :length]
    others = all_spans[places + lowest // _HALF]
    size = 1 << (span - 1).bit_length()
    product = np.fft.rfft(others, size) * np.fft.rfft(templates, size).conj()
    similar = np.fft.irfft(product, size)[:, :columns]
    energy = np.cumsum(np.pad(np.square(others), ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    scale = np.sqrt((energy[:, length:] - energy[:, :-length]).clip(1))
    own = np.sqrt(np.square(templates).sum(axis=1, keepdims=True).clip(1))
    return (similar / scale / own).astype(np.float32)


def _choose(likeness: NDArray[np.float32], lowest: int, wanted: float) -> NDArray[np.int64]:
    """Return the jump at each splice: to the most alike within reach of where the voice should be by then."""
    reach = _REACH // _HALF
    penalty = np.abs(np.arange(-reach, reach + 1, dtype=np.float32)) * np.float32(_DRIFT_PENALTY / reach)
    jumps = np.empty(len(likeness), np.int64)
    jumped = 0
    for number, row in enumerate(likeness):
        aim = round((number + 1) * wanted) - jumped
        first = (aim - lowest) // _HALF - reach
        first = min(max(first, 0), len(row) - len(penalty))
        best = first + int((row[first : first + len(penalty)] - penalty).argmax())
        jumps[number] = lowest // _HALF * _HALF + best * _HALF
        jumped += int(jumps[number])
    return jumps


def _join(padded: Floats, splices: NDArray[np.int64], jumps: NDArray[np.int64], margin: int) -> Floats:
    """Return what is between the splices, faded into each other."""
    starts = [margin, *(splices + jumps).tolist()]
    ends = [*splices.tolist(), len(padded) - margin]
    joined = np.concatenate([padded[start:end] for start, end in zip(starts, ends, strict=True)])
    fade = ((np.arange(_CROSSFADE, dtype=np.float32) + 0.5) / _CROSSFADE)[None, :]
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _CROSSFADE)
    faded = pieces[splices] * (1 - fade) + pieces[splices + jumps] * fade
    lengths = np.array([max(0, end - start) for start, end in zip(starts, ends, strict=True)])
    for place, piece in zip(np.cumsum(lengths)[:-1].tolist(), faded, strict=True):
        end = min(place + _CROSSFADE, len(joined))
        joined[place:end] = piece[: end - place]
    return joined
