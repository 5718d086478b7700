"""The seam through which everything that watches a run is told what happened.

The engine calls observers in order, synchronously, on the run's own loop; an observer must return at once
and hands slow work to a thread or queue of its own. An exception in an observer is logged by the engine and
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario.config import ScenarioConfig
    from scenario.types import AgentRole, Message, ScenarioResult

RunStatus = Literal["SUCCESS", "FAILED", "ERROR", "CANCELLED"]


@dataclass(frozen=True, slots=True, eq=False)
class RunInfo:
    """What identifies a run and does not change during it."""

    name: str
    description: str
    run_id: str
    thread_id: str
    batch_id: str
    set_id: str
    config: ScenarioConfig
    agents: tuple[Any, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, eq=False)
class RunOutcome:
    """How a run ended.

    Attributes:
        status: `SUCCESS` and `FAILED` are verdicts; `ERROR` and `CANCELLED` come with an exception.
        result: the verdict; `None` when an exception ended the run.
        error: the exception that ended the run.
        reasoning: the verdict's reasoning, or the exception's type and text.
        met_criteria: criteria found met, checkpoints included.
        unmet_criteria: criteria found not met, checkpoints and failed assertions included.
        total_time: seconds from the start of the run.
        agent_time: seconds spent in calls of agents of role AGENT.
    """

    status: RunStatus
    result: ScenarioResult | None
    error: BaseException | None
    reasoning: str
    met_criteria: tuple[str, ...]
    unmet_criteria: tuple[str, ...]
    total_time: float
    agent_time: float


class Observer:
    """Base of observers: does nothing; override what is of interest."""

    def run_started(self, run: RunInfo) -> None:
        """The run begins; nothing is connected yet."""

    def turn_opened(self, run: RunInfo, turn: int) -> None:
        """Turn number `turn` (from 0) begins."""

    def call_started(self, run: RunInfo, agent: str, role: AgentRole) -> None:
        """An agent's call begins; `agent` is its class name."""

    def call_ended(self, run: RunInfo, agent: str, role: AgentRole) -> None:
        """The call ended, with an answer, an exception or by cancellation."""

    def message_added(self, run: RunInfo, message: Message) -> None:
        """A message was appended to the conversation; it must not be changed."""

    def messages_withdrawn(self, run: RunInfo, index: int, messages: Sequence[Message]) -> None:
        """The messages from `index` on were taken back."""

    def conversation_changed(self, run: RunInfo, messages: Sequence[Message]) -> None:
        """A script step or an agent's call changed the conversation; `messages` is the live list."""

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: Sequence[Message]) -> None:
        """The run is over; always called, once, last."""


_process_observers: list[Observer] = []


def add_process_observer(observer: Observer) -> None:
    """Have `observer` told of every run that starts in this process from now on."""
    _process_observers.append(observer)


def remove_process_observer(observer: Observer) -> None:
    """Stop telling `observer` of runs that start from now on."""
    _process_observers[:] = [other for other in _process_observers if other is not observer]


def process_observers() -> tuple[Observer, ...]:
    """Return the observers of the process, in the order in which they were added."""
    return tuple(_process_observers)
