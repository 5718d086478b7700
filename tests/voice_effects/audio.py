"""Audio for the tests of effects, and what they measure in it."""

from __future__ import annotations

import numpy as np

RATE = 24_000


def tone(frequency: float, seconds: float = 1.0, amplitude: float = 3000.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency / RATE * np.arange(round(seconds * RATE)))


def voice(pitch: float, seconds: float) -> np.ndarray:
    """Return a vowel: harmonics of `pitch` that fall with the frequency."""
    harmonics = range(1, int(4000 / pitch))
    return sum(tone(pitch * number, seconds, 4000 / number) for number in harmonics)


def pcm(samples: np.ndarray) -> bytes:
    return np.rint(samples).clip(-32768, 32767).astype("<i2").tobytes()


def samples(audio: bytes) -> np.ndarray:
    return np.frombuffer(audio, "<i2").astype(float)


def level(values: np.ndarray) -> float:
    """Return the level in dB, relative to an amplitude of 1."""
    return 10 * np.log10(np.mean(np.square(values)) + 1e-12)


def level_at(values: np.ndarray, frequency: float) -> float:
    """Return the level in dB of one frequency, within 20 Hz."""
    spectrum = np.abs(np.fft.rfft(values * np.hanning(len(values)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(values), 1 / RATE) - frequency) < 20
    return 10 * np.log10(spectrum[near].sum() + 1e-12)


def pitch(values: np.ndarray) -> float:
    """Return the frequency at which a sound repeats itself, by its autocorrelation."""
    spectrum = np.abs(np.fft.rfft(values, 2 * len(values))) ** 2
    correlation = np.fft.irfft(spectrum)[: RATE // 50]
    first = RATE // 500
    return RATE / (first + int(correlation[first:].argmax()))
