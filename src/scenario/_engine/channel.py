"""How a user's and an agent's turn is exchanged: as text here; a voice channel replaces it as a whole."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scenario.types import AgentRole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario._observer import RunInfo
    from scenario.agent_adapter import AgentAdapter
    from scenario.types import AgentInput, AgentReturnTypes, Message

T = TypeVar("T")


class Channel(Protocol):
    """What the engine asks of the medium between user and agent. One channel serves one run."""

    @property
    def timeline(self) -> Sequence[Any]:
        """The events of the medium so far, by time."""
        ...

    # The life of a run

    async def open(self, run: RunInfo, messages: Sequence[Message]) -> None:
        """Connect what must be connected before the first step; `messages` is the live conversation."""
        ...

    async def save(self, *, failed: bool) -> None:
        """Keep what the medium recorded where the settings say so; must not raise."""
        ...

    async def close(self) -> None:
        """Disconnect; called on every path, also after `open` failed; must not raise."""
        ...

    def result_fields(self) -> Mapping[str, Any]:
        """Return what the medium adds to the result (`audio`, `timeline`, `latency`)."""
        ...

    def attach_to(self, error: BaseException) -> None:
        """Attach what the medium recorded to an exception that ends the run."""
        ...

    # Turns

    async def prepare(self, agent: AgentAdapter) -> bool:
        """Complete the messages that an agent is about to see; return whether that changed any."""
        ...

    async def complete(self) -> bool:
        """Complete the messages for the result; return whether that changed any."""
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

    async def settle(self, turn: asyncio.Task[T]) -> T:
        """Wait for an agent's turn that runs in the background."""
        ...

    def rolled_back(self, index: int) -> None:
        """The messages from `index` on were taken back."""
        ...

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace the audio effects of the run's simulated users."""
        ...

    # Interrupting

    def check(self, cue: Any) -> None:
        """Refuse a cue that cannot come."""
        ...

    def interrupts(self, content: str | Message | None, agent: AgentAdapter | None) -> bool:
        """Whether a user's turn cuts into an agent's turn that runs in the background."""
        ...

    def draw_interruption(self, settings: Any, agent: AgentAdapter) -> Any:
        """Draw whether the user cuts into the next agent turn; return the cue for it, or `None`."""
        ...

    async def begun(self, turn: asyncio.Task[Any]) -> Message | None:
        """Wait until an agent's turn has begun to be heard; return what was heard, if it is known."""
        ...

    async def cue(self, turn: asyncio.Task[Any], cue: Any) -> bool:
        """Wait for the moment to cut into an agent's turn; return whether the turn still runs then."""
        ...

    async def interjection(self, cue: Any, agent: AgentAdapter, heard: Message | None) -> Message:
        """Return what the user says who cuts in at random, ready to be exchanged."""
        ...

    async def barge_in(self, turn: asyncio.Task[Any], message: Message) -> list[Message]:
        """Cut into an agent's running turn; return the messages that the conversation gets, in order."""
        ...

    # Without a message

    async def pause(self, seconds: float, *, silent: bool) -> None:
        """Let time pass; `silent`: the user stays on the line and says nothing."""
        ...

    async def send_tones(self, tones: str) -> None:
        """Send key tones."""
        ...


class TextChannel:
    """Messages are exchanged as they are."""

    timeline: Sequence[Any] = ()

    async def open(self, run: RunInfo, messages: Sequence[Message]) -> None:
        """Nothing is to be connected."""

    async def save(self, *, failed: bool) -> None:
        """Nothing is recorded."""

    async def close(self) -> None:
        """Nothing is connected."""

    def result_fields(self) -> Mapping[str, Any]:
        """Text adds nothing."""
        return {}

    def attach_to(self, error: BaseException) -> None:
        """Text records nothing."""

    async def prepare(self, agent: AgentAdapter) -> bool:
        """Text is complete."""
        return False

    async def complete(self) -> bool:
        """Text is complete."""
        return False

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

    async def settle(self, turn: asyncio.Task[T]) -> T:
        """Wait for the turn."""
        return await turn

    def rolled_back(self, index: int) -> None:
        """Text keeps nothing of its own."""

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Text has no audio effects."""

    def check(self, cue: Any) -> None:
        """Text needs no cue."""

    def interrupts(self, content: str | Message | None, agent: AgentAdapter | None) -> bool:
        """Text waits for its turn."""
        return False

    def draw_interruption(self, settings: Any, agent: AgentAdapter) -> Any:
        """Text waits for its turn."""
        return None

    async def begun(self, turn: asyncio.Task[Any]) -> Message | None:
        """A text is there at once, when it is complete."""
        await asyncio.wait([turn])
        return None

    async def cue(self, turn: asyncio.Task[Any], cue: Any) -> bool:
        """Wait until the turn is over."""
        await asyncio.wait([turn])
        return False

    async def interjection(self, cue: Any, agent: AgentAdapter, heard: Message | None) -> Message:
        """Text waits for its turn."""
        raise NotImplementedError("text does not interrupt")

    async def barge_in(self, turn: asyncio.Task[Any], message: Message) -> list[Message]:
        """Text follows a turn that is over."""
        return [message]

    async def pause(self, seconds: float, *, silent: bool) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def send_tones(self, tones: str) -> None:
        """Text has no keys.

        Raises:
            UnsupportedCapabilityError: always.
        """
        from scenario.voice.errors import UnsupportedCapabilityError

        raise UnsupportedCapabilityError(
            "<no voice adapter>", "dtmf", "add a voice adapter that sends key tones to agents"
        )
