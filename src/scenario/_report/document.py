"""One report as a value: its fields, their defaults, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from scenario._red_team.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.types import ScenarioResult

SCHEMA_VERSION = 2

Status = Literal["held", "broke", "errored", "inconclusive"]
Severity = Literal["critical", "high", "medium", "low"]
BreakSeverity = Literal["none", "partial", "significant", "complete"]
Risk = Literal["none", "low", "medium", "high", "critical"]
Memory = Literal["adapter", "history_only"]
ErrorKind = Literal["check", "infra"]

_RISKS: Mapping[Severity, tuple[Risk, Risk, Risk]] = {  # by break: partial, significant, complete
    "critical": ("high", "critical", "critical"),
    "high": ("medium", "high", "high"),
    "medium": ("low", "medium", "medium"),
    "low": ("low", "low", "low"),
}
_BROKEN: tuple[BreakSeverity, ...] = ("partial", "significant", "complete")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """What a report file holds, in the order of its fields; exchanges are numbered from 1.

    Attributes:
        test_name: the scenario's name.
        description: the situation.
        strategy: `crescendo`, `goat`, ..., or `unknown`.
        target: the objective of the attack.
        total_turns: exchanges planned.
        attacker_model: the attacker's model.
        metaprompt_model: the model that planned and scored.
        criteria: what the judge was asked.
        passed_criteria: criteria that were met.
        failed_criteria: criteria that were not met or could not be decided.
        status: how the run ended, from the view of the agent's owner.
        success: whether the agent held.
        reasoning: why, or `EXCEPTION: ...`.
        total_time: seconds of the run; `None` if unknown.
        agent_time: seconds in the agent under test; `None` if unknown.
        messages: the conversation in OpenAI chat format.
        failing_turn_index: the exchange in which the agent failed; `None` if it did not or nobody knows.
        failure_summary: what happened.
        suggestions: what to repair.
        severity: the inherent risk of the scenario.
        break_severity: how far the agent failed in this run.
        severity_rationale: why that severity.
        break_rationale: why that break severity.
        timestamp: when it was saved, ISO 8601 with UTC offset.
        schema_version: 2; 1 for reports without one.
        seed: the attacker's effective seed.
        scores: exchange to score, 0 to 10; `None` where the scorer failed.
        max_score: the highest score.
        first_breach_turn: first exchange whose score reached the threshold.
        successes_by_exchange: exchange to how many exchanges up to it reached the threshold.
        backtracks: exchanges that were taken back: `turn`, `attack`, `refusal`, `messages`.
        memory: `adapter` if the agent was told of what was taken back, else `history_only`.
        injections: attacks that were sent encoded: `turn`, `technique`.
        techniques_used: exchange to ids of techniques.
        attack_plan: the plan; empty without.
        parse_failures: attacker's answers that did not keep the format.
        scorer_failures: exchanges that could not be scored.
        attacker_refusals: exchanges in which the attacker refused to play.
        disputed: the judge passed although the objective seemed to be reached.
        judge_injection_suspected: a response spoke to whoever judges it.
        needs_review: the judge passed, and the analysis sees that the agent failed.
        exchange_positions: exchange to the index in `messages` at which it begins; without those that were
            taken back.
        objective_id: relates trials of one objective; empty without.
        trial: number of the trial; `None` without.
        campaign: name of the campaign that the run belongs to; `None` without.
        file_name: name of the file that it was read from; not part of the file.
    """

    test_name: str = ""
    description: str = ""
    strategy: str = "unknown"
    target: str = ""
    total_turns: int = 0
    attacker_model: str = ""
    metaprompt_model: str = ""
    criteria: tuple[str, ...] = ()
    passed_criteria: tuple[str, ...] = ()
    failed_criteria: tuple[str, ...] = ()
    status: Status = "inconclusive"
    success: bool = False
    reasoning: str = ""
    total_time: float | None = None
    agent_time: float | None = None
    messages: tuple[Mapping[str, Any], ...] = ()
    failing_turn_index: int | None = None
    failure_summary: str = ""
    suggestions: tuple[str, ...] = ()
    severity: Severity = "medium"
    break_severity: BreakSeverity = "none"
    severity_rationale: str = ""
    break_rationale: str = ""
    timestamp: str = ""
    schema_version: int = SCHEMA_VERSION
    seed: int | None = None
    scores: Mapping[int, int | None] = field(default_factory=dict[int, "int | None"])
    max_score: int | None = None
    first_breach_turn: int | None = None
    successes_by_exchange: Mapping[int, int] = field(default_factory=dict[int, int])
    backtracks: tuple[Mapping[str, Any], ...] = ()
    memory: Memory = "history_only"
    injections: tuple[Mapping[str, Any], ...] = ()
    techniques_used: Mapping[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])
    attack_plan: str = ""
    parse_failures: int = 0
    scorer_failures: int = 0
    attacker_refusals: int = 0
    disputed: bool = False
    judge_injection_suspected: bool = False
    needs_review: bool = False
    exchange_positions: Mapping[int, int] = field(default_factory=dict[int, int])
    objective_id: str = ""
    trial: int | None = None
    campaign: str | None = None
    file_name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return what stands in the file."""
        names = (item.name for item in fields(self))
        return {name: getattr(self, name) for name in names if name != "file_name"}


def status_of(
    result: ScenarioResult | None,
    *,
    error: str | None = None,
    error_kind: ErrorKind | None = None,
    has_messages: bool,
) -> Status:
    """Return how a red-team run ended, from the view of the agent's owner.

    Args:
        result: the verdict; `None` when an exception ended the run.
        error: the text of the exception.
        error_kind: `"check"` if a check on the conversation raised, `"infra"` for everything else; `None` is
            `check` when there are messages.
        has_messages: whether there is a conversation.
    """
    if error is not None or result is None:
        is_check = error is not None and (error_kind or "check") == "check"
        return "broke" if is_check and has_messages else "errored"
    return outcome_of(result, None, conversed=has_messages)


def compound_risk(severity: Severity, break_severity: BreakSeverity) -> Risk:
    """Return the risk of a finding: what the scenario threatens, by how far the agent failed."""
    if break_severity == "none":
        return "none"
    return _RISKS[severity][_BROKEN.index(break_severity)]
