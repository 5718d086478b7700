"""A function of the user's as an effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario.voice._effects.effect import check_pcm

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class CustomEffect:
    """Calls `fn` and checks what it returns.

    Raises:
        TypeError: `fn` cannot be called.
    """

    fn: Callable[[bytes], bytes]

    def __post_init__(self) -> None:
        if not callable(self.fn):
            raise TypeError(f"custom needs a function of bytes to bytes, got {self.fn!r}")

    def __call__(self, pcm: bytes) -> bytes:
        """Return what the function makes of `pcm`; empty audio stays as it is.

        Raises:
            TypeError: the function returned something else than bytes.
            ValueError: the function returned half a sample.
        """
        return check_pcm(self.fn(pcm), f"the result of {self!r}") if pcm else pcm

    def __repr__(self) -> str:
        return f"custom({getattr(self.fn, '__qualname__', None) or repr(self.fn)})"
