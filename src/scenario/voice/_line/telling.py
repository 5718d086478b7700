"""The run's end of an adapter's line: what the adapter tells, and what it can ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scenario.types import AgentInput, AgentReturnTypes
    from scenario.voice._clock import Clock
    from scenario.voice._line.line import Line


class Telling:
    """A `LineEnd` in a run. What is told from another loop arrives on the run's.

    Args:
        line: the adapter's line.
        take_turn: what `adapter.call` does.
        user_heard: is told when, in media time, the other side has heard all that the user said.
    """

    def __init__(
        self,
        line: Line,
        take_turn: Callable[[Line, AgentInput], Any],
        user_heard: Callable[[float], None],
    ) -> None:
        self._line = line
        self._take_turn = take_turn
        self._user_heard = user_heard

    @property
    def clock(self) -> Clock:
        """The clock on which the adapter waits."""
        return self._line.stage.clock

    @property
    def heard_seconds(self) -> float:
        """How much of the agent's audio of this turn has been played, in seconds."""
        turn = self._line.turn
        if turn is None or turn.audio_start is None:
            return 0.0
        self._line.stage.advance()
        return max(0, self._line.playout.heard - turn.placed_before) / SAMPLE_RATE

    @property
    def is_played(self) -> bool:
        """Whether all audio that the agent sent has been played."""
        return self._line.playout.end <= self._line.stage.now()

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        """The agent called a tool."""

        def tell() -> None:
            function = {"name": name, "arguments": arguments}
            call = {"id": call_id, "type": "function", "function": function}
            if (turn := self._line.turn) is not None:
                turn.tool_calls.append({"role": "assistant", "content": None, "tool_calls": [call]})
            self._line.event("tool_call", name=name, args=_parsed(arguments), metadata={"call_id": call_id})

        self._line.link.here(tell)

    def tool_result(self, name: str, result: Any, call_id: str) -> None:
        """A tool's result was given to the agent."""

        def tell() -> None:
            self._line.answered.add(call_id)
            if (turn := self._line.turn) is not None:
                text = result if isinstance(result, str) else _json(result)
                turn.tool_calls.append({"role": "tool", "tool_call_id": call_id, "content": text})
            self._line.event("tool_result", name=name, result=result, metadata={"call_id": call_id})

        self._line.link.here(tell)

    def notice(
        self,
        type: str,
        *,
        name: str | None = None,
        args: Any = None,
        result: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Something for the timeline."""
        facts = {"name": name, "args": args, "result": result, "metadata": metadata}
        self._line.link.here(lambda: self._line.event(type, **facts))

    def drop_unplayed(self) -> None:
        """The agent has stopped itself."""
        self._line.link.here(self._line.drop_unplayed)

    def user_heard(self, at: float) -> None:
        """The other side has heard all that the user said."""

        def tell() -> None:
            stage = self._line.stage
            self._user_heard(stage.now() - (stage.clock.now() - at))

        self._line.link.here(tell)

    async def take_turn(self, input: AgentInput) -> AgentReturnTypes:
        """Send what is new in `input` and collect the agent's turn."""
        return await self._take_turn(self._line, input)


def _parsed(arguments: str) -> Any:
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def _json(value: Any) -> str:
    return json.dumps(value, default=repr)
