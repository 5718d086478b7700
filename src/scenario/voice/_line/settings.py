"""What a run is played with: its clock and its seed."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from scenario.voice._clock import Clock, RealClock, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.options import VoiceOptions


def clock_for(options: VoiceOptions, adapters: Sequence[VoiceAgentAdapter], *, playback: bool) -> Clock:
    """Return the clock of a run.

    Args:
        options: voice settings of the run.
        adapters: its voice adapters.
        playback: whether it is played aloud.

    Raises:
        ValueError: the virtual clock is asked for, and an adapter or playback needs the real one.
    """
    real = [adapter for adapter in adapters if adapter.is_held or not adapter.supports_virtual_clock]
    if options.clock == "virtual" and (real or playback):
        names = ", ".join(type(adapter).__name__ for adapter in real)
        why = f"{names} keeps real time" if real else "audio_playback plays in real time"
        raise ValueError(f"VoiceOptions(clock='virtual') is not possible here: {why}; use clock='auto'")
    if options.clock == "real" or real or playback:
        return RealClock()
    return VirtualClock()


def seed_for(options: VoiceOptions, cache_key: str | None) -> int:
    """Return the seed of a run: the given one, else that of its cache key, else a random one."""
    if options.seed is not None:
        return options.seed
    if cache_key:
        return int.from_bytes(hashlib.sha256(cache_key.encode()).digest()[:4])
    return secrets.randbits(32)
