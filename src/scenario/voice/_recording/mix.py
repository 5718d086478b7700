"""Two tracks as one: added up, or as the two channels of a stereo signal."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_LOWEST, _HIGHEST = -32_768, 32_767


def mixed(one: bytes, other: bytes) -> bytes:
    """Return the sum of two pieces of canonical audio of the same length; it saturates."""
    silence = bytes(len(one))
    if one == silence:  # mostly one of the two is silent, and this costs next to nothing
        return other
    if other == silence:
        return one
    numpy = _numpy()
    return _added(one, other) if numpy is None else _added_by_numpy(one, other, numpy)


def interleaved(left: bytes, right: bytes) -> bytes:
    """Return stereo audio from two pieces of canonical audio of the same length."""
    stereo = array("h", bytes(2 * len(left)))
    stereo[0::2] = array("h", left)
    stereo[1::2] = array("h", right)
    return stereo.tobytes()


def _numpy() -> ModuleType | None:
    try:
        import numpy as np
    except ImportError:  # a recording that was put together by hand needs no extra
        return None
    return np


def _added_by_numpy(one: bytes, other: bytes, numpy: ModuleType) -> bytes:
    total = numpy.frombuffer(one, "<i2").astype(numpy.int32)
    total += numpy.frombuffer(other, "<i2")
    return total.clip(_LOWEST, _HIGHEST).astype("<i2").tobytes()


def _added(one: bytes, other: bytes) -> bytes:
    sums = (a + b for a, b in zip(array("h", one), array("h", other), strict=True))
    return array("h", (min(max(value, _LOWEST), _HIGHEST) for value in sums)).tobytes()
