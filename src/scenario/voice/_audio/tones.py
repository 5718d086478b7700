"""Finding tones in audio: how strong a frequency is, and which telephone keys sound.

The strength of one frequency is what Goertzel's algorithm computes, a single term of the Fourier transform;
here as a product with complex exponentials, which does all windows and frequencies at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, from_pcm, np
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.dtmf import COLUMNS, KEYS, ROWS
from scenario.voice._audio.levels import decibels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.arrays import Floats, Samples

# Keys last 40 ms or more (ITU-T Q.24); windows of 30 ms tell rows 73 Hz apart.
_WINDOW_SECONDS = 0.03
_HOP_SECONDS = 0.01
_LEAST_WINDOWS = 3
_LEAST_LEVEL = 10 ** (-45 / 20)
_LEAST_SHARE = 0.7
"""Part of a window's power that the two tones of a key make up; speech and music hardly ever do."""
_GREATEST_TWIST = 10 ** (9 / 20)


def tone_level(audio: bytes | Samples, frequency: float, *, rate: int = SAMPLE_RATE) -> float:
    """Return the level in dBFS of a steady tone; a sine of amplitude A has the level of its root mean square.

    Args:
        audio: PCM16 bytes or samples, mono.
        frequency: of the tone, in Hz.
        rate: samples per second.
    """
    samples = _scaled(audio)
    if not len(samples):
        return decibels(0.0)
    # The window keeps other tones out; its neighbours' leakage falls off quickly.
    window = np.hanning(len(samples) + 2)[1:-1].astype(np.float32)
    strength = (samples * window) @ _exponentials([frequency], len(samples), rate)
    return decibels(float(np.abs(strength[0])) * 2**0.5 / float(window.sum()))


def dominant_frequency(audio: bytes | Samples, *, rate: int = SAMPLE_RATE) -> float:
    """Return the strongest frequency in Hz, to a fraction of a bin; `0.0` for silence."""
    samples = _scaled(audio)
    if not samples.any():
        return 0.0
    size = 2 * len(samples)
    spectrum = np.abs(np.fft.rfft((samples - samples.mean()) * np.hanning(len(samples)), size))
    peak = int(np.argmax(spectrum))
    shift = 0.0
    if 0 < peak < len(spectrum) - 1:
        # The top of the parabola through the logarithms of three bins.
        left, top, right = np.log(np.maximum(spectrum[peak - 1 : peak + 2], 1e-12))
        curvature = left - 2 * top + right
        shift = float((left - right) / (2 * curvature)) if curvature else 0.0
    return (peak + shift) * rate / size


def detect_dtmf(audio: bytes | Samples, *, rate: int = SAMPLE_RATE) -> str:
    """Return the telephone keys that sound in `audio`, in order.

    Args:
        audio: PCM16 bytes or samples, mono.
        rate: samples per second, at least 8,000.
    """
    samples = _scaled(audio)
    width, hop = int(_WINDOW_SECONDS * rate), int(_HOP_SECONDS * rate)
    if len(samples) < width:
        return ""
    windows = np.lib.stride_tricks.sliding_window_view(samples, width)[::hop]
    keys, run = "", 0
    current = ""
    for key in _keys(np.ascontiguousarray(windows), rate):
        run = run + 1 if key == current else 1
        current = key
        if key and run == _LEAST_WINDOWS:
            keys += key
    return keys


def _keys(windows: Floats, rate: int) -> list[str]:
    """Return the key that sounds in each window, or `""`."""
    width = windows.shape[1]
    strength = np.abs(windows @ _exponentials([*ROWS, *COLUMNS], width, rate)) * (2**0.5 / width)
    rows, columns = strength[:, :4], strength[:, 4:]
    row, column = rows.max(axis=1), columns.max(axis=1)
    loudness = np.sqrt((windows**2).mean(axis=1))
    sounds = (
        (np.hypot(row, column) > _LEAST_LEVEL)
        & (row**2 + column**2 > _LEAST_SHARE * loudness**2)
        & (np.maximum(row, column) < _GREATEST_TWIST * np.minimum(row, column))
    )
    return [
        KEYS[int(r)][int(c)] if sound else ""
        for sound, r, c in zip(sounds, rows.argmax(axis=1), columns.argmax(axis=1), strict=True)
    ]


def _exponentials(frequencies: Sequence[float], length: int, rate: int) -> Samples:
    moments = np.arange(length)[:, None] / rate
    return np.exp(-2j * np.pi * moments * np.asarray(frequencies)[None, :]).astype(np.complex64)


def _scaled(audio: bytes | Samples) -> Floats:
    samples = from_pcm(audio) if isinstance(audio, bytes) else audio
    return samples.astype(np.float32) / np.float32(FULL_SCALE)
