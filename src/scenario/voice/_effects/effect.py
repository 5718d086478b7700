"""An effect: a named, readable, picklable function from canonical audio to canonical audio."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOMES = {
    "background_noise": "backgrounds",
    "breaking_up": "losses",
    "echo": "echoes",
    "high_volume": "levels",
    "low_quality": "lines",
    "low_volume": "levels",
    "multiple_voices": "backgrounds",
    "packet_loss": "losses",
    "phone_quality": "lines",
    "robotic": "levels",
    "speaking_fast": "tempo",
    "speaking_slow": "tempo",
    "static": "lines",
}


@dataclass(frozen=True)
class Effect:
    """An effect and its arguments; calling it changes audio.

    What it does is loaded with the first call, so that scripts can be built where numpy is not installed.

    Attributes:
        name: of the function of `scenario.voice.effects` that made it.
        arguments: what that function was called with, by keyword.
    """

    name: str
    arguments: Mapping[str, Any]

    def __call__(self, pcm: bytes) -> bytes:
        """Return `pcm` (canonical audio) with the effect; empty audio stays as it is.

        Raises:
            TypeError: it is not bytes.
            ValueError: it has an odd number of bytes.
            MissingVoiceDependencyError: numpy is not installed.
        """
        if not (pcm := check_pcm(pcm, f"the input of {self.name}")):
            return pcm
        from scenario.voice._audio.arrays import from_pcm, np, to_pcm

        change = getattr(import_module(f"scenario.voice._effects.{_HOMES[self.name]}"), self.name)
        return to_pcm(change(from_pcm(pcm).astype(np.float32), **self.arguments))

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items() if value is not None)
        return f"{self.name}({given})"

    def __hash__(self) -> int:
        return hash(repr(self))


def check_pcm(pcm: object, what: str) -> bytes:
    """Return `pcm` if it can be canonical audio.

    Raises:
        TypeError: it is not bytes.
        ValueError: it has an odd number of bytes.
    """
    if not isinstance(pcm, bytes | bytearray):
        raise TypeError(f"{what} must be bytes of canonical audio, got {type(pcm).__name__}")
    if len(pcm := bytes(pcm)) % BYTES_PER_SAMPLE:
        raise ValueError(f"{what} must have two bytes per sample, got an odd number of bytes: {len(pcm)}")
    return pcm
