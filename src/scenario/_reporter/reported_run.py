"""What a report keeps of a finished run: no executor, no adapter, no audio, no exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from scenario.errors import exception_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._observer import RunInfo, RunOutcome, RunStatus
    from scenario.types import Message, ScenarioResult


class Place(NamedTuple):
    """Where in a test session something ran: the test's node id, and which attempt at that test it was."""

    node_id: str | None = None
    attempt: int = 1


NOWHERE = Place()


class ReportedScenario(NamedTuple):
    """The scenario of a reported run.

    Attributes:
        name: its label.
        description: the situation.
        set_id: the set that the run belongs to.
        place: the test that ran it.
    """

    name: str
    description: str = ""
    set_id: str = "default"
    place: Place = NOWHERE


class ReportedRun(TypedDict):
    """One entry of a report; a run that raised has a result that failed, with the exception as reasoning."""

    scenario: ReportedScenario
    result: ScenarioResult
    status: RunStatus


def from_result(scenario: Any, result: ScenarioResult, place: Place) -> ReportedRun:
    """Return the entry for a verdict.

    Args:
        scenario: anything with a `name`; `description` and `set_id` (or `scenario_set_id`) are kept if there.
        result: the verdict; the entry holds a copy without media.
        place: where it ran.
    """
    set_id = getattr(scenario, "set_id", None) or getattr(scenario, "scenario_set_id", None) or "default"
    return {
        "scenario": ReportedScenario(
            str(scenario.name), str(getattr(scenario, "description", "") or ""), str(set_id), place
        ),
        "result": _light_copy(result),
        "status": "SUCCESS" if result.success else "FAILED",
    }


def from_outcome(run: RunInfo, outcome: RunOutcome, messages: Sequence[Message], place: Place) -> ReportedRun:
    """Return the entry for a run that ended, with a verdict or with an exception."""
    entry = from_result(run, outcome.result or _result_of_exception(outcome, messages), place)
    entry["status"] = outcome.status
    return entry


def superseded(runs: Sequence[ReportedRun]) -> list[bool]:
    """Tell for each run whether a later attempt at the same test has runs of its own."""
    last_attempts: dict[str | None, int] = {}
    for run in runs:
        node_id, attempt = run["scenario"].place
        last_attempts[node_id] = max(attempt, last_attempts.get(node_id, 0))
    places = (run["scenario"].place for run in runs)
    return [place.node_id is not None and place.attempt < last_attempts[place.node_id] for place in places]


def _result_of_exception(outcome: RunOutcome, messages: Sequence[Message]) -> ScenarioResult:
    from scenario.types import ScenarioResult

    return ScenarioResult(
        success=False,
        messages=list(messages),
        reasoning=exception_line(outcome.error) if outcome.error else outcome.reasoning,
        passed_criteria=list(outcome.met_criteria),
        failed_criteria=list(outcome.unmet_criteria),
        total_time=outcome.total_time,
        agent_time=outcome.agent_time,
    )


def _light_copy(result: ScenarioResult) -> ScenarioResult:
    return result.model_copy(
        update={
            "messages": [_without_media(message) for message in result.messages],
            "audio": None,
            "timeline": None,
            "latency": None,
        }
    )


def _without_media(message: Message) -> Message:
    light = {key: value for key, value in message.items() if key != "audio"}
    if isinstance(light.get("content"), list):
        light["content"] = [_without_payload(part) for part in light["content"]]
    return light


def _without_payload(part: Any) -> Any:
    match part:
        case {"type": str(kind)} if kind != "text":
            return {"type": kind}
        case _:
            return part
