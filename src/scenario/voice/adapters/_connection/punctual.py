"""Audio of a line on which the peer's media flows in real time, silence included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice._audio.levels import dbfs

if TYPE_CHECKING:
    from scenario.voice._clock import Clock

_JOINED_SECONDS = 0.04
"""A run closes gaps up to this."""
_BEHIND_SECONDS = 0.02
_SILENCE_DBFS = -57.0


class Punctual:
    """Makes up for delays where nothing is said, as the jitter buffers of players do.

    A run hears each piece when it comes or, if that is later, when what came before has been heard. Where the
    silence between two words is sent too, one hitch of the network or of this machine would thus delay
    everything that follows it to the end of the call, and be taken for the agent's latency.

    Args:
        clock: what time is told by.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard_at = 0.0  # when all that has been passed on will have been heard

    def push(self, pcm: bytes) -> bytes:
        """Return `pcm`, canonical, or nothing of it if it is silence and the line is behind."""
        now = self._clock.now()
        if now - self._heard_at > _JOINED_SECONDS:
            self._heard_at = now
        if self._heard_at - now > _BEHIND_SECONDS and dbfs(pcm) < _SILENCE_DBFS:
            return b""
        self._heard_at += len(pcm) / BYTES_PER_SECOND
        return pcm
