"""The agent's turn that runs in the background while the script goes on."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scenario._engine.channel import Channel
    from scenario.types import ScenarioResult

_log = logging.getLogger("scenario")
_CANCELLATIONS = 5
M = TypeVar("M")

AgentTurn = asyncio.Task["ScenarioResult | None"]
"""An agent's call and what becomes of its answer; the result is a verdict, if there is one."""


class BackgroundTurn:
    """At most one turn of an agent that nobody waits for yet.

    Attributes:
        position: of the agent whose turn it is.

    Args:
        channel: decides how a turn is waited for and cut into.
        name: of its tasks.
    """

    def __init__(self, channel: Channel, name: str) -> None:
        self.position = 0
        self._channel = channel
        self._name = name
        self._task: AgentTurn | None = None
        self._cut_off: list[AgentTurn] = []  # turns that have not ended by that

    @property
    def is_running(self) -> bool:
        """Whether there is one that goes on."""
        return self._task is not None and not self._task.done()

    @property
    def turn(self) -> AgentTurn:
        """The turn, whether it goes on or not.

        Raises:
            RuntimeError: there is none.
        """
        if self._task is None:
            raise RuntimeError("no turn runs in the background")
        return self._task

    def begin(self, turn: Coroutine[Any, Any, ScenarioResult | None], position: int) -> AgentTurn:
        """Start the turn of the agent at `position`."""
        self._task = asyncio.create_task(turn, name=f"{self._name} agent turn")
        self.position = position
        return self._task

    async def settle(self) -> ScenarioResult | None:
        """Wait for it, if there is one; its exception or verdict surfaces here."""
        task, self._task = self._task, None
        if task is None:
            return None
        try:
            return await self._channel.settle(task)
        finally:
            if not task.done():  # this wait was cancelled and the turn goes on: `stop` ends it
                self._task = task

    async def compose(
        self, composing: Coroutine[Any, Any, M], cue: Any, *, also_when_over: bool = False
    ) -> M | None:
        """Compose what the user says while waiting for the cue to cut in.

        Args:
            composing: returns what is said.
            cue: the channel knows when it has come.
            also_when_over: whether it is said too when the turn was over before.

        Returns:
            What is said, at the moment to say it; `None` when the turn was over before.
        """
        task = asyncio.create_task(composing, name=f"{self._name} interjection")
        try:
            if not await self._channel.cue(self.turn, cue) and not also_when_over:
                return None
            return await self._channel.settle(task)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    def cut_off(self) -> ScenarioResult | None:
        """Let go of a turn that was cut into; return the verdict that it had come to before, if any."""
        turn, self._task = self.turn, None
        if turn.done():
            return None if turn.cancelled() else turn.result()
        self._cut_off.append(turn)
        return None

    async def stop(self) -> None:
        """Cancel what runs, and wait until it has ended.

        An agent may swallow its cancellation: it is cancelled again, and after 5 seconds left behind.
        """
        tasks = [*self._cut_off, *([self._task] if self._task is not None else [])]
        self._cut_off, self._task = [], None
        interrupted: asyncio.CancelledError | None = None
        for task in tasks:
            if task is asyncio.current_task():
                continue
            for _ in range(_CANCELLATIONS):
                task.cancel()
                try:
                    await asyncio.wait([task], timeout=1)
                except asyncio.CancelledError as error:  # no task outlives the run, however it ends
                    interrupted = error
                if task.done():
                    _ = task.cancelled() or task.exception()  # asked for, or asyncio reports it as forgotten
                    break
            else:
                _log.warning("the background turn of %s ignores its cancellation", task.get_name())
        if interrupted is not None:
            raise interrupted
