"""The live state of one run, as agents and script steps see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SkipValidation

from scenario.config import ScenarioConfig
from scenario.types import JudgmentRequest, Message, ScenarioResult

__all__ = ["Rollback", "ScenarioState"]

Callback = Callable[["ScenarioState"], "Awaitable[ScenarioResult | None] | ScenarioResult | None"]
"""What `proceed` calls between turns and steps."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """Messages that were taken back.

    Attributes:
        turn: the turn in progress when it happened, from 0.
        index: position of the first of them in the conversation.
        messages: the messages, in order.
    """

    turn: int
    index: int
    messages: list[Message]


class RunControl(Protocol):
    """What a run offers to its state and to the steps of its script."""

    @property
    def agents(self) -> tuple[Any, ...]: ...
    @property
    def channel(self) -> Any: ...
    @property
    def rollbacks(self) -> list[Rollback]: ...
    @property
    def timeline(self) -> list[Any]: ...
    def add_message(self, message: Message) -> None: ...
    def rollback_messages_to(self, index: int) -> list[Message]: ...
    def set_effects(self, effects: Sequence[Any]) -> None: ...
    async def user(
        self, content: str | Message | None, *, voice_style: str | None, audio_effects: Sequence[Any] | None
    ) -> ScenarioResult | None: ...
    async def agent(self, content: str | Message | None, *, wait: bool) -> ScenarioResult | None: ...
    async def interrupt(self, content: str | Message | None, *, cue: Any) -> ScenarioResult | None: ...
    async def judge(self, request: JudgmentRequest) -> ScenarioResult | None: ...
    async def message(self, message: Message) -> ScenarioResult | None: ...
    async def proceed(
        self,
        *,
        turns: int | None,
        on_turn: Callback | None,
        on_step: Callback | None,
        interruptions: Any,
    ) -> ScenarioResult | None: ...
    async def conclude(self, result: ScenarioResult) -> ScenarioResult: ...


class ScenarioState(BaseModel):
    """The live state of one run.

    It can be built without a run, for unit tests of steps and agents; what needs a run then raises
    `RuntimeError`.

    Attributes:
        description: the situation, as given to `run`.
        messages: the conversation, a live list; each message has `trace_id`.
        thread_id: the conversation's id.
        current_turn: index of the turn in progress, from 0.
        config: the configuration of this run.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    description: str
    messages: Annotated[list[Message], SkipValidation] = Field(default_factory=list[Message])
    thread_id: str
    current_turn: int = 0
    config: Annotated[ScenarioConfig, SkipValidation] = Field(default_factory=ScenarioConfig)

    _run: RunControl | None = PrivateAttr(default=None)

    def __repr__(self) -> str:
        return f"ScenarioState({len(self.messages)} messages, current_turn={self.current_turn})"

    def __str__(self) -> str:
        return repr(self)  # pydantic's own, which failed assertions show, holds the whole conversation

    @property
    def is_last_turn(self) -> bool:
        """Whether no turn follows the one in progress: the judge must decide in it."""
        return self.current_turn >= self.config.max_turns - 1

    @property
    def agents(self) -> tuple[Any, ...]:
        """The agents of the run, in calling order; empty without a run."""
        return self._run.agents if self._run else ()

    @property
    def rollbacks(self) -> list[Rollback]:
        """Every rollback of the run so far, oldest first."""
        return list(self._run.rollbacks) if self._run else []

    @property
    def timeline(self) -> list[Any]:
        """A copy of the voice events so far; empty for text runs."""
        return list(self._run.timeline) if self._run else []

    def _cache_fingerprint(self) -> dict[str, Any]:
        """Return what makes two states equal for the cache: nothing that names the run."""
        return {
            "description": self.description,
            "messages": self.messages,
            "current_turn": self.current_turn,
        }

    def control(self) -> RunControl:
        """Return the run behind this state.

        Raises:
            RuntimeError: the state was built without a run.
        """
        if self._run is None:
            raise RuntimeError(
                "This ScenarioState has no run behind it: adding messages, rolling back and script steps "
                "work only inside scenario.run() or scenario.arun()."
            )
        return self._run

    def add_message(self, message: Message) -> None:
        """Append a message to the conversation and show it to every agent as new.

        Raises:
            ValueError: it is not a dict with a string `role`.
            RuntimeError: the state was built without a run.
        """
        self.control().add_message(message)

    def rollback_messages_to(self, index: int) -> list[Message]:
        """Take back the messages from position `index` on and return them.

        Args:
            index: length that the conversation shall have; beyond its end nothing is removed.

        Raises:
            ValueError: `index` is negative.
            RuntimeError: the state was built without a run.
        """
        return self.control().rollback_messages_to(index)

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace, for this run, the audio effects of its simulated users, from the next user turn on.

        Raises:
            RuntimeError: the state was built without a run.
        """
        self.control().set_effects(effects)

    def last_message(self) -> Message:
        """Return the last message.

        Raises:
            ValueError: the conversation is empty.
        """
        if not self.messages:
            raise ValueError("The conversation has no messages yet.")
        return self.messages[-1]

    def last_user_message(self) -> Message:
        """Return the last message of role `user`.

        Raises:
            ValueError: there is none.
        """
        for message in reversed(self.messages):
            if message.get("role") == "user":
                return message
        raise ValueError("The conversation has no user message yet.")

    def last_tool_call(self, tool_name: str) -> dict[str, Any] | None:
        """Return the most recent call of a tool by an assistant message, or `None`.

        Args:
            tool_name: the function's name. Among parallel calls in one message the last match wins.
        """
        for message in reversed(self.messages):
            if message.get("role") != "assistant":
                continue
            calls = message.get("tool_calls")
            for call in reversed(cast("list[Any]", calls) if isinstance(calls, list) else []):
                function: Any = cast("Message", call).get("function") if isinstance(call, dict) else None
                if isinstance(function, dict) and cast("Message", function).get("name") == tool_name:
                    return cast("Message", call)
        return None

    def has_tool_call(self, tool_name: str) -> bool:
        """Return whether an assistant message has called the tool."""
        return self.last_tool_call(tool_name) is not None
