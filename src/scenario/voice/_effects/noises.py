"""The noise of places: loops of 10 s, made by seeded code, the same on every machine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.levels import amplitude, rms
from scenario.voice._effects.talkers import babble

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats, Samples

LOOP = 10 * SAMPLE_RATE
"""Samples of a loop."""

_LEVEL_DBFS = -26
_FREQUENCIES = np.fft.rfftfreq(LOOP, 1 / SAMPLE_RATE)


@lru_cache
def noise(name: str) -> Floats:
    """Return the loop of a place (or `"voices"`) at -26 dBFS, to be read only."""
    rng = np.random.default_rng(sum(name.encode()))
    loop = _LOOPS[name](rng)
    loop = (loop * (amplitude(_LEVEL_DBFS) / rms(loop))).astype(np.float32)
    loop.flags.writeable = False
    return loop


def _cafe(rng: np.random.Generator) -> Samples:
    """Guests around, the machine's hiss, dishes."""
    guests = _reverb(babble(24, LOOP, rng), 0.5, rng)
    dishes = _strikes(rng, count=18, pitch=(2500, 6000), decay=0.012)
    return _mix((guests, 0.0), (_bed(rng, 200, 1200), -5.0), (_reverb(dishes, 0.2, rng), -17.0))


def _street(rng: np.random.Generator) -> Samples:
    """Engines, tyres, cars that pass."""
    cars = _bed(rng, 150, 1500) * (1 + 0.5 * _sway(rng, (2, 3, 5)))
    return _mix((_bed(rng, 30, 200), 0.0), (cars, -2.0), (_bed(rng, 800, 6000), -12.0))


def _office(rng: np.random.Generator) -> Samples:
    """Air conditioning, keyboards, colleagues some desks away."""
    colleagues = _reverb(babble(5, LOOP, rng), 0.4, rng)
    keys = _strikes(rng, count=70, pitch=(1500, 5000), decay=0.003)
    return _mix((_bed(rng, 60, 700), 0.0), (colleagues, -9.0), (keys, -16.0))


def _airport(rng: np.random.Generator) -> Samples:
    """A hall full of people, suitcases on wheels, an announcement that nobody understands."""
    crowd = _reverb(babble(30, LOOP, rng), 1.6, rng)
    wheels = _bed(rng, 200, 2500) * (1 + 0.4 * _sway(rng, (1, 4, 7)))
    announcement = _reverb(babble(1, LOOP, rng), 2.0, rng)
    return _mix((crowd, 0.0), (wheels, -5.0), (_bed(rng, 40, 300), -6.0), (announcement, -9.0))


def _voices(rng: np.random.Generator) -> Samples:
    """Five people who talk near by."""
    return _reverb(babble(5, LOOP, rng), 0.15, rng)


_LOOPS = {"cafe": _cafe, "street": _street, "office": _office, "airport": _airport, "voices": _voices}
PLACES = frozenset(_LOOPS) - {"voices"}
"""The places that have a noise of their own."""


def _mix(*parts: tuple[Samples, float]) -> Samples:
    """Return parts added at their levels in dB."""
    return np.sum([part * (amplitude(level) / rms(part)) for part, level in parts], axis=0)


def _bed(rng: np.random.Generator, low: float, high: float) -> Samples:
    """Return steady noise whose level falls below `low` and above `high` Hz.

    It is made of whole waves of the loop: the end meets the beginning.
    """
    with np.errstate(divide="ignore"):
        shape = 1 / np.sqrt((1 + (low / _FREQUENCIES) ** 4) * (1 + (_FREQUENCIES / high) ** 2))
    waves = rng.normal(size=len(shape)) + 1j * rng.normal(size=len(shape))
    return np.fft.irfft(waves * shape, LOOP)


def _sway(rng: np.random.Generator, times: tuple[int, ...]) -> Samples:
    """Return slow ups and downs between -1 and 1, so many times per loop."""
    angle = 2 * np.pi * np.arange(LOOP) / LOOP
    waves = [np.sin(count * angle + rng.uniform(0, 2 * np.pi)) for count in times]
    return np.sum(waves, axis=0) / len(times)


def _strikes(rng: np.random.Generator, *, count: int, pitch: tuple[float, float], decay: float) -> Samples:
    """Return short sounds that ring for some `decay` seconds, anywhere in the loop."""
    struck = np.zeros(LOOP)
    time = np.arange(round(8 * decay * SAMPLE_RATE)) / SAMPLE_RATE
    for _ in range(count):
        rings = [np.sin(2 * np.pi * rng.uniform(*pitch) * time + rng.uniform(0, 6)) for _ in range(3)]
        sound = np.sum(rings, axis=0) * np.exp(-time / decay) * 10 ** (rng.uniform(-6, 0) / 20)
        struck[(int(rng.integers(LOOP)) + np.arange(len(time))) % LOOP] += sound
    return struck


def _reverb(dry: Samples, decay: float, rng: np.random.Generator) -> Samples:
    """Return what a room makes of a sound: an exponential tail that falls by 60 dB in `decay` seconds.

    The convolution is circular: the tail of the end is heard at the beginning.
    """
    time = np.arange(LOOP) / SAMPLE_RATE
    tail = rng.normal(size=LOOP) * 10 ** (-3 * time / decay)
    tail[0] += 3
    return np.fft.irfft(np.fft.rfft(dry) * np.fft.rfft(tail), LOOP)
