"""What the agent says it is doing, and when its turn is over by that.

Agents of LiveKit's framework keep a participant attribute: `initializing`, `listening`, `thinking` or
`speaking` (docs.livekit.io/agents, "Agent state"). It travels by another way than the audio, and is faster.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice._audio.levels import dbfs

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice.adapters.base import VoiceAgentAdapter

STATE = "lk.agent.state"
_IN_FLIGHT = int(0.2 * BYTES_PER_SECOND)
"""Audio that may still come when the agent has said that it listens again: as much as jitter buffers hold."""
_QUIET = int(0.1 * BYTES_PER_SECOND)
_AT_MOST = int(0.6 * BYTES_PER_SECOND)
_SILENCE_DBFS = -50.0


class AgentState:
    """Follows the attribute.

    Args:
        adapter: is told: its turns end explicitly from the first state on.
        end_turn: is called when the agent has spoken, and its last word has arrived.
    """

    def __init__(self, adapter: VoiceAgentAdapter, end_turn: Callable[[], None]) -> None:
        self._adapter = adapter
        self._end_turn = end_turn
        self._state = ""
        self._has_spoken = False
        self._since_end: int | None = None
        self._quiet = 0

    def becomes(self, state: str) -> None:
        """The attribute has a value."""
        if not state or state == self._state:
            return
        adapter = self._adapter
        if not self._state:
            adapter.turn_end = "explicit"
            adapter.capabilities = replace(adapter.capabilities, native_vad=True)
        before, self._state = self._state, state
        if "speaking" in (before, state):
            edge = "start" if state == "speaking" else "end"
            metadata = {"source": "transport", "edge": edge, "state": state}
            adapter.line.notice("transport_speech", metadata=metadata)
        if state == "speaking":
            self.flush()
            self._has_spoken = True
        elif self._has_spoken and state != "thinking":  # one that thinks goes on when a tool has answered
            self._has_spoken = False
            self._since_end = self._quiet = 0

    def hear(self, pcm: bytes) -> None:
        """Audio of the agent has arrived; call it before the audio is passed on."""
        if self._since_end is None:
            return
        self._since_end += len(pcm)
        self._quiet = self._quiet + len(pcm) if dbfs(pcm) < _SILENCE_DBFS else 0
        if self._since_end >= _AT_MOST or (self._since_end >= _IN_FLIGHT and self._quiet >= _QUIET):
            self.flush()

    def flush(self) -> None:
        """No more audio comes of what the agent has said."""
        if self._since_end is not None:
            self._since_end = None
            self._end_turn()

    def gone(self) -> None:
        """The agent cannot be heard any more, whatever it was doing."""
        self._has_spoken = False
        self._since_end = None
