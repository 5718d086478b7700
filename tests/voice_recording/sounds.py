"""Sounds for recordings, and what is read back from files."""

from __future__ import annotations

import io
import wave

import numpy as np

RATE = 24_000


def tone(seconds: float, *, level: int = 8000, hertz: float = 440.0) -> bytes:
    """Return a sine as canonical audio."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes()


def noise(samples: int, seed: int = 0) -> bytes:
    """Return noise of full scale."""
    return np.random.default_rng(seed).integers(-32768, 32768, samples).astype("<i2").tobytes()


def samples_of(wav: bytes) -> np.ndarray:
    """Return a WAV file's samples, one row per channel."""
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (RATE, 2)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int)
        return frames.reshape(-1, file.getnchannels()).T


def rms(samples: np.ndarray, start: float, end: float) -> float:
    """Return the level between two moments, in units of a sample."""
    return float(np.sqrt(np.mean(np.square(samples[round(start * RATE) : round(end * RATE)].astype(float)))))
