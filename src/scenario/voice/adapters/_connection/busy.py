"""When a transport counts as busy: from the request for an answer to the end of the agent's turn."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.voice.adapters.base import VoiceAgentAdapter


class Busy:
    """Holds an adapter's clock to real time while the peer owes an answer.

    For adapters with `supports_virtual_clock`. Beginning twice holds once; ending is always allowed.

        self._busy = Busy(self)
        self._busy.begin()   # the answer has been asked for: end_user_turn, notify_agent_turn
        self._busy.end()     # the turn is over, the connection lost or closed
    """

    def __init__(self, adapter: VoiceAgentAdapter) -> None:
        self._adapter = adapter
        self._held = ExitStack()
        self.active = False
        """Whether an answer is owed."""

    def begin(self) -> None:
        """The peer owes an answer from now on."""
        if not self.active:
            self.active = True
            self._held.enter_context(self._adapter.clock.hold())

    def end(self) -> None:
        """The peer owes nothing."""
        self.active = False
        self._held.close()
