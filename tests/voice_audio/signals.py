"""Signals to measure conversions with."""

from __future__ import annotations

import numpy as np

RATES = (8000, 16000, 22050, 24000, 44100, 48000)


def sine(frequency: float, rate: int, seconds: float = 1.0, amplitude: float = 10_000.0) -> np.ndarray:
    moments = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * moments)).astype(np.float32)


def sine_pcm(frequency: float = 440.0, rate: int = 24_000, seconds: float = 1.0) -> bytes:
    return np.rint(sine(frequency, rate, seconds)).astype("<i2").tobytes()


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-20_000, 20_000, count).astype(np.int16)


def level(samples: np.ndarray) -> float:
    """Return the level in dB, of a sine of amplitude 1 as 0, leaving out what the ends do to a filter."""
    edge = len(samples) // 10
    middle = samples[edge:-edge].astype(np.float64)
    return 20 * np.log10(np.sqrt((middle**2).mean()) * 2**0.5 + 1e-12)
