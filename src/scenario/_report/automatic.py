"""The report of a run that nobody asked for: everything is taken from the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._red_team.outcome import outcome_of
from scenario._report.ending import Ending
from scenario._report.saving import RunReport
from scenario.types import AgentRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._observer import RunInfo, RunOutcome
    from scenario.red_team_agent import RedTeamAgent
    from scenario.types import Message


def report_of(
    red_team: RedTeamAgent, run: RunInfo, outcome: RunOutcome, messages: Sequence[Message]
) -> RunReport:
    """Return the report of a run that has ended.

    Args:
        red_team: the attacker.
        run: the run.
        outcome: how it ended.
        messages: its conversation.
    """
    result, error = outcome.result, outcome.error
    failed_check = error is not None and outcome_of(None, error, conversed=True) == "broke"
    ending = Ending(
        messages=list(messages if result is None else result.messages),
        result=result,
        error=None if result is not None else outcome.reasoning,
        error_kind="check" if failed_check else "infra",
        passed_criteria=outcome.met_criteria,
        failed_criteria=outcome.unmet_criteria,
        total_time=outcome.total_time,
        agent_time=outcome.agent_time,
    )
    record = red_team.record()
    return RunReport(
        red_team,
        ending,
        test_name=run.name,
        criteria=_criteria(run.agents) or None,
        description=run.description,
        # A check raises right after the exchange that it looked at.
        failing_turn_hint=(record.first_breach_turn or record.exchanges or None) if failed_check else None,
    )


def _criteria(agents: Sequence[Any]) -> list[str]:
    judges = (agent for agent in agents if agent.role is AgentRole.JUDGE)
    return [str(criterion) for judge in judges for criterion in getattr(judge, "criteria", None) or ()]
