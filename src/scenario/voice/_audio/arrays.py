"""PCM bytes as numpy arrays and back. Modules that compute on samples take `np` from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from scenario.voice.errors import MissingVoiceDependencyError

try:
    import numpy as np
except ImportError as error:
    raise MissingVoiceDependencyError(feature="converting audio", package="numpy", extra="voice") from error

if TYPE_CHECKING:
    import numpy.typing as npt

    Int16s: TypeAlias = npt.NDArray[np.int16]
    Floats: TypeAlias = npt.NDArray[np.float32]
    Samples: TypeAlias = npt.NDArray[Any]
    """Samples of any number type; floats are on the scale of 16-bit integers unless it says otherwise."""

FULL_SCALE = 32768
"""Magnitude of the loudest 16-bit sample."""

__all__ = ["FULL_SCALE", "Floats", "Int16s", "Samples", "from_pcm", "np", "saturate", "to_pcm"]


def from_pcm(data: bytes) -> Int16s:
    """Return PCM16 little-endian bytes as samples, without copying; an odd last byte is left out."""
    return np.frombuffer(data, dtype="<i2", count=len(data) // 2)


def to_pcm(samples: Samples) -> bytes:
    """Return samples as PCM16 little-endian bytes; what is too loud saturates."""
    return saturate(samples).astype("<i2", copy=False).tobytes()


def saturate(samples: Samples) -> Int16s:
    """Return samples, on the scale of 16-bit integers, as such: rounded, and clipped instead of wrapped."""
    if samples.dtype == np.int16:
        return samples
    return np.clip(np.rint(samples), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
