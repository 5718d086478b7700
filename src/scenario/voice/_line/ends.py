"""What an adapter sees of the run that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from scenario.voice._clock import current_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.types import AgentInput, AgentReturnTypes
    from scenario.voice._clock import Clock


class LineEnd(Protocol):
    """The run's end of an adapter's line. An adapter calls these on its own loop, at the moment it learns."""

    @property
    def clock(self) -> Clock:
        """The clock on which the adapter waits."""
        ...

    @property
    def heard_seconds(self) -> float:
        """How much of the agent's audio of this turn has been played to the user, in seconds."""
        ...

    @property
    def is_played(self) -> bool:
        """Whether all audio that the agent sent has been played."""
        ...

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        """The agent called a tool; `arguments` is JSON text as the agent sent it."""
        ...

    def tool_result(self, name: str, result: Any, call_id: str) -> None:
        """A tool's result was given to the agent."""
        ...

    def notice(
        self,
        type: str,
        *,
        name: str | None = None,
        args: Any = None,
        result: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Something for the timeline: `transport_speech`, `transport_error`, `dtmf_received`, ..."""
        ...

    def drop_unplayed(self) -> None:
        """The agent has stopped itself: what it sent and what has not been played is never heard."""
        ...

    def user_heard(self, at: float) -> None:
        """The other side has heard all that the user said; `at` is when, in seconds of the clock."""
        ...

    async def take_turn(self, input: AgentInput) -> AgentReturnTypes:
        """Send what is new in `input` and collect the agent's turn."""
        ...


class NoLine:
    """The line of an adapter that no run uses: nothing is recorded."""

    heard_seconds = 0.0
    is_played = True

    @property
    def clock(self) -> Clock:
        """The current clock; real time outside of a run."""
        return current_clock()

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        """Nobody is told."""

    def tool_result(self, name: str, result: Any, call_id: str) -> None:
        """Nobody is told."""

    def notice(
        self,
        type: str,
        *,
        name: str | None = None,
        args: Any = None,
        result: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Nobody is told."""

    def drop_unplayed(self) -> None:
        """Nothing is played."""

    def user_heard(self, at: float) -> None:
        """Nobody measures."""

    async def take_turn(self, input: AgentInput) -> AgentReturnTypes:
        """Outside of a run there is no line to take a turn on."""
        raise RuntimeError(
            "a voice adapter takes its turns in a run: pass it in agents=[...] to scenario.run() or "
            "scenario.arun(); outside of one use connect(), send_audio() and recv_audio()"
        )


NO_LINE = NoLine()
