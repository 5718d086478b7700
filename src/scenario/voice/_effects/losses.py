"""Packets that do not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._effects.seeding import effect_rng

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats, Samples

_CROSSFADE = 120  # samples, 5 ms
_FADED_OUT = 0.06  # seconds of loss after which nothing is repeated any more (as in ITU-T G.711 Appendix I)


def packet_loss(
    samples: Floats, *, probability: float, chunk_ms: float, conceal: bool, seed: int | None
) -> Floats:
    """Lose each window of `chunk_ms` with a probability."""
    size = max(1, round(chunk_ms * 24))
    count = -(-len(samples) // size)
    windows = np.zeros((count, size), np.float32)
    windows.reshape(-1)[: len(samples)] = samples
    lost = effect_rng(seed).random(count) < probability
    if conceal:
        _conceal(windows, lost)
    else:
        windows[lost] = 0
    return windows.reshape(-1)[: len(samples)]


def breaking_up(samples: Floats, *, seed: int | None) -> Floats:
    """Lose 100 ms at a time, one fifth of all."""
    return packet_loss(samples, probability=0.2, chunk_ms=100, conceal=False, seed=seed)


def _conceal(windows: Floats, lost: Samples) -> None:
    """Replace lost windows by the last one that arrived, ever softer."""
    count, size = windows.shape
    arrived = np.maximum.accumulate(np.where(lost, -1, np.arange(count, dtype=np.int64)))
    windows[lost & (arrived < 0)] = 0  # nothing has arrived before
    gone = np.flatnonzero(lost & (arrived >= 0))
    last = windows[arrived[gone]]
    # The mirrored window begins where the last one ended: no click. It gives way to the window itself.
    fade = np.clip(np.arange(size, dtype=np.float32) / min(size, _CROSSFADE), 0, 1)
    repeated = last[:, ::-1] * (1 - fade) + last * fade
    for_how_long = (gone - arrived[gone] - 1)[:, None] * size + np.arange(size, dtype=np.float32)
    windows[gone] = repeated * np.clip(1 - for_how_long / (_FADED_OUT * SAMPLE_RATE), 0, 1)
