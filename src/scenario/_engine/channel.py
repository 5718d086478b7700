"""How a user's and an agent's turn is exchanged: as text here; a voice channel replaces it as a whole."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Protocol

from scenario.types import AgentRole

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from scenario._observer import RunInfo
    from scenario.agent_adapter import AgentAdapter
    from scenario.types import AgentInput, AgentReturnTypes, Message


class Channel(Protocol):
    """What the engine asks of the medium between user and agent. One channel serves one run."""

    interrupts: bool
    """Whether a user's turn may cut into an agent's turn that runs in the background."""

    timeline: Sequence[Any]
    """The events of the medium so far."""

    async def open(self, run: RunInfo) -> None:
        """Connect what must be connected before the first step."""
        ...

    async def close(self) -> None:
        """Disconnect; called on every path, also after `open` failed; must not raise."""
        ...

    async def call(self, agent: AgentAdapter, input: AgentInput) -> AgentReturnTypes:
        """Have an agent take its turn."""
        ...

    async def speak(
        self,
        message: Message,
        agent: AgentAdapter | None,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> Message:
        """Turn a user's message into what is exchanged; `agent` is the simulator, if there is one."""
        ...

    async def barge_in(self, turn: asyncio.Task[Any], message: Message) -> list[Message]:
        """Cut into an agent's running turn; return the messages that the conversation gets, in order."""
        ...

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace the audio effects of the run's simulated users."""
        ...

    def result_fields(self) -> Mapping[str, Any]:
        """Return what the medium adds to the result (`audio`, `timeline`, `latency`)."""
        ...

    def attach_to(self, error: BaseException) -> None:
        """Attach what the medium recorded to an exception that ends the run."""
        ...


class TextChannel:
    """Messages are exchanged as they are."""

    interrupts = False
    timeline: Sequence[Any] = ()

    async def open(self, run: RunInfo) -> None:
        """Nothing is to be connected."""

    async def close(self) -> None:
        """Nothing is connected."""

    async def call(self, agent: AgentAdapter, input: AgentInput) -> AgentReturnTypes:
        """Call the agent; one that speaks unasked is told first that its turn begins."""
        notify = getattr(agent, "notify_agent_turn", None)
        if agent.role is AgentRole.AGENT and notify is not None:
            told = notify()
            if inspect.isawaitable(told):
                await told
        answer = agent.call(input)
        if not inspect.isawaitable(answer):
            from scenario._engine.answers import not_awaitable

            raise not_awaitable(answer, agent=type(agent).__name__)
        return await answer

    async def speak(
        self,
        message: Message,
        agent: AgentAdapter | None,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> Message:
        """Return the message unchanged: text has no voice."""
        return message

    async def barge_in(self, turn: asyncio.Task[Any], message: Message) -> list[Message]:
        """Text waits for its turn."""
        raise NotImplementedError("text does not interrupt")

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Text has no audio effects."""

    def result_fields(self) -> Mapping[str, Any]:
        """Text adds nothing."""
        return {}

    def attach_to(self, error: BaseException) -> None:
        """Text records nothing."""
