"""Effects in order on one utterance."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from scenario.voice._effects.effect import check_pcm
from scenario.voice._effects.seeding import using_effect_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def apply_effects(
    pcm: bytes, effects: Sequence[Callable[[bytes], bytes]], *, seed: int | None = None, turn: int = 0
) -> bytes:
    """Apply effects in list order to a whole utterance.

    Args:
        pcm: canonical audio.
        effects: functions of bytes to bytes.
        seed: of the run; effects without a seed of their own derive theirs from it. `None` leaves them to
            what surrounds the call.
        turn: number of the turn that is spoken.

    Returns:
        Canonical audio.

    Raises:
        TypeError: an effect cannot be called or returned something else than bytes; the text has its
            position.
        ValueError: an effect returned half a sample; the text has its position.
    """
    for position, effect in enumerate(effects):
        name = f"audio effect {position} ({effect!r})"
        if not callable(effect):
            raise TypeError(f"{name} must be a function of bytes to bytes")
        with nullcontext() if seed is None else using_effect_seed(seed, turn, position):
            pcm = check_pcm(effect(pcm), f"the result of {name}")
    return pcm
