"""The observer that turns what happens in a run into events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._events.conversation import WireConversation
from scenario._events.jsonable import jsonable
from scenario._events.model import (
    RunResults,
    ScenarioMessageSnapshotEvent,
    ScenarioRunFinishedEvent,
    ScenarioRunStartedEvent,
    Verdict,
)
from scenario._observer import Observer, RunInfo, RunOutcome, RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._events.stream import Events
    from scenario.types import Message

_VERDICTS: dict[RunStatus, Verdict] = {
    "SUCCESS": "success",
    "FAILED": "failure",
    "ERROR": "failure",
    "CANCELLED": "inconclusive",
}


class EventRecorder(Observer):
    """Publishes one started event per run, a snapshot per change, and one finished event, always last.

    One recorder serves any number of runs, one after the other or at once.
    """

    def __init__(self, events: Events) -> None:
        """Publish to `events`."""
        self._events = events
        self._conversations: dict[str, WireConversation] = {}

    def run_started(self, run: RunInfo) -> None:
        """Publish the started event."""
        self._conversations[run.run_id] = WireConversation()
        metadata: dict[str, Any] = {
            key: value for key, value in jsonable(run.metadata).items() if key not in ("name", "description")
        }
        metadata |= {"name": run.name, "description": run.description}
        self._events.publish(ScenarioRunStartedEvent(**_identity(run), metadata=metadata))

    def messages_withdrawn(self, run: RunInfo, index: int, messages: Sequence[Message]) -> None:
        """Forget the messages, so that their successors get ids of their own."""
        if conversation := self._conversations.get(run.run_id):
            conversation.withdraw(index)

    def conversation_changed(self, run: RunInfo, messages: Sequence[Message]) -> None:
        """Publish a snapshot if the conversation differs from the previous one."""
        conversation = self._conversations.get(run.run_id)
        if conversation is None or not self._events.wants_snapshots:
            return
        wires = conversation.follow(messages)
        if wires is not None:
            self._events.publish(ScenarioMessageSnapshotEvent(**_identity(run), wires=wires))

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: Sequence[Message]) -> None:
        """Publish the last state of the conversation if that is still due, then the finished event."""
        self.conversation_changed(run, messages)
        self._conversations.pop(run.run_id, None)
        self._events.publish(
            ScenarioRunFinishedEvent(
                **_identity(run),
                status=outcome.status,
                results=_results(outcome),
                total_time=outcome.total_time,
                agent_time=outcome.agent_time,
            )
        )


def _identity(run: RunInfo) -> dict[str, Any]:
    return {
        "batch_run_id": run.batch_id,
        "scenario_id": run.name,
        "scenario_run_id": run.run_id,
        "scenario_set_id": run.set_id,
    }


def _results(outcome: RunOutcome) -> RunResults:
    failed = outcome.status in ("ERROR", "CANCELLED")
    return RunResults(
        verdict=_VERDICTS[outcome.status],
        met_criteria=outcome.met_criteria,
        unmet_criteria=outcome.unmet_criteria,
        reasoning=outcome.reasoning,
        error=outcome.reasoning if failed else None,  # the exception's type and text
        criteria=tuple(outcome.result.criteria) if outcome.result is not None else (),
    )
