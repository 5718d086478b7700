"""Where an effect's random numbers come from: its own seed, else the run, its turn and the effect's place."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np

_derived: ContextVar[int | None] = ContextVar("scenario_voice_effect_seed", default=None)


@contextmanager
def using_effect_seed(seed: int, turn: int, position: int) -> Generator[None]:
    """Derive the random numbers of effects without a seed of their own, within the block.

    Args:
        seed: of the run.
        turn: number of the turn that is spoken.
        position: place of the effect among those of the turn.
    """
    digest = hashlib.sha256(f"effect {seed} {turn} {position}".encode()).digest()
    token = _derived.set(int.from_bytes(digest[:16]))
    try:
        yield
    finally:
        _derived.reset(token)


def effect_rng(seed: int | None = None) -> np.random.Generator:
    """Return the random numbers of one application of an effect.

    Args:
        seed: the effect's own; `None` takes what `using_effect_seed` derived, or, outside of a run, numbers
            that nobody can repeat.
    """
    import numpy as np

    if seed is not None:
        digest = hashlib.sha256(f"seed {seed}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:16]))
    return np.random.default_rng(_derived.get())
