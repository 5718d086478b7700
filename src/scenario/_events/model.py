"""The events of a run, as subscribers get them and as they go over the wire."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario._events.wire import WireMessage
    from scenario._observer import RunStatus
    from scenario.types import CriterionVerdict

Verdict = Literal["success", "failure", "inconclusive"]


def _now() -> int:
    return int(time.time() * 1000)


@dataclass(frozen=True, kw_only=True)
class RunEvent:
    """What all events have.

    Attributes:
        type_: the kind of the event.
        timestamp: Unix time in milliseconds.
        batch_run_id: the batch that the run belongs to.
        scenario_id: the scenario's name.
        scenario_run_id: the run.
        scenario_set_id: the set that the scenario belongs to.
    """

    batch_run_id: str
    scenario_id: str
    scenario_run_id: str
    scenario_set_id: str = "default"
    timestamp: int = field(default_factory=_now)
    type_: str = field(default="", init=False)

    def head(self) -> dict[str, Any]:
        """Return the wire form of the fields that all events have."""
        return {
            "type": self.type_,
            "timestamp": self.timestamp,
            "batchRunId": self.batch_run_id,
            "scenarioId": self.scenario_id,
            "scenarioRunId": self.scenario_run_id,
            "scenarioSetId": self.scenario_set_id,
        }


@dataclass(frozen=True, kw_only=True)
class ScenarioRunStartedEvent(RunEvent):
    """A run began.

    Attributes:
        metadata: the user's keys, then `name` and `description`; only values that JSON can hold.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    type_: str = field(default="SCENARIO_RUN_STARTED", init=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it is sent."""
        return self.head() | {"metadata": dict(self.metadata)}


@dataclass(frozen=True, kw_only=True)
class ScenarioMessageSnapshotEvent(RunEvent):
    """The whole conversation after a change.

    Attributes:
        wires: the messages, not yet built; one object per message, shared by the snapshots of a run.
    """

    wires: tuple[WireMessage, ...] = field(default=(), repr=False)
    type_: str = field(default="SCENARIO_MESSAGE_SNAPSHOT", init=False)

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The messages as they are sent; the dicts are shared by the snapshots of a run."""
        return [wire.form for wire in self.wires if not wire.omitted]

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it is sent, media included."""
        return self.head() | {"messages": self.messages}


@dataclass(frozen=True, kw_only=True)
class RunResults:
    """How a run ended.

    Attributes:
        verdict: `"inconclusive"` only for a cancelled run.
        met_criteria: criteria found met.
        unmet_criteria: criteria found not met, and the text of a failed assertion.
        reasoning: why, in words; may be empty.
        error: type and text of the exception that ended the run.
        criteria: status, reasoning and evidence of each criterion, where the judge gave them.
    """

    verdict: Verdict
    met_criteria: tuple[str, ...] = ()
    unmet_criteria: tuple[str, ...] = ()
    reasoning: str = ""
    error: str | None = None
    criteria: tuple[CriterionVerdict, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the results as they are sent."""
        form: dict[str, Any] = {
            "verdict": self.verdict,
            "metCriteria": list(self.met_criteria),
            "unmetCriteria": list(self.unmet_criteria),
            "reasoning": self.reasoning,
        }
        if self.error is not None:
            form["error"] = self.error
        if self.criteria:
            form["criteria"] = [criterion.model_dump() for criterion in self.criteria]
        return form


@dataclass(frozen=True, kw_only=True)
class ScenarioRunFinishedEvent(RunEvent):
    """A run is over; always the last event of a run.

    Attributes:
        status: how it ended.
        results: the verdict and what it rests on.
        total_time: seconds from the start of the run; not sent.
        agent_time: seconds spent in calls of agents of role AGENT; not sent.
    """

    status: RunStatus
    results: RunResults
    total_time: float = 0.0
    agent_time: float = 0.0
    type_: str = field(default="SCENARIO_RUN_FINISHED", init=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it is sent."""
        return self.head() | {"status": self.status, "results": self.results.to_dict()}


ScenarioEvent: TypeAlias = ScenarioRunStartedEvent | ScenarioMessageSnapshotEvent | ScenarioRunFinishedEvent
