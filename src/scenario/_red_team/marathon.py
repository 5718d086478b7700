"""The script of a whole red-team run, with its early exit."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any, Literal

from scenario.script import agent, fail, judge, succeed, user
from scenario.types import AgentRole, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.attack_run import AttackRun
    from scenario.scenario_state import ScenarioState
    from scenario.types import ScriptStep


def marathon_script(
    run: AttackRun,
    checks: Sequence[ScriptStep],
    final_checks: Sequence[ScriptStep],
    on_objective: Literal["judge", "fail"],
) -> list[ScriptStep]:
    """Return the steps of a red-team run: every exchange with its early exit and checks, then the ending."""

    async def early_exit(state: ScenarioState) -> ScenarioResult | None:
        await run.evaluate_last(state.messages)
        if not run.streak():
            return None
        # The checks of this exchange too: what made the scorer stop the attack is what they look for.
        for check in (*checks, *final_checks):
            if (verdict := await _verdict_of(check, state)) is not None:
                return verdict
        if on_objective == "judge" and _has_judge(state):
            return await _judged(run, state)
        return await fail(_reason(run))(state)

    async def ending(state: ScenarioState) -> ScenarioResult:
        await run.evaluate_last(state.messages)
        if _has_judge(state):
            return await _judged(run, state)
        if final_checks:
            passed = await succeed("All final checks passed; the scenario has no judge.")(state)
            return _disputed(run, passed, "The final checks do")
        return await fail(
            "All exchanges were played, and nobody decides whether the agent held: add a "
            "scenario.JudgeAgent(criteria=[...]) to agents, or pass final_checks."
        )(state)

    exits = [early_exit] if run.options.success_score is not None else []
    exchange: list[ScriptStep] = [user(), agent(), *exits, *checks]
    return [*exchange * run.options.total_turns, *final_checks, ending]


async def _verdict_of(check: ScriptStep, state: ScenarioState) -> ScenarioResult | None:
    outcome: Any = check(state)
    if inspect.isawaitable(outcome):
        outcome = await outcome
    if outcome is False:  # as the engine says it of any callable of a script
        name = getattr(check, "__qualname__", type(check).__name__)
        warnings.warn(
            f"the check {name} returned False, which is ignored: use `assert`, or `return "
            "scenario.fail('why')()`",
            UserWarning,
            stacklevel=2,
        )
    return outcome if isinstance(outcome, ScenarioResult) else None


def _has_judge(state: ScenarioState) -> bool:
    return any(participant.role is AgentRole.JUDGE for participant in state.agents)


async def _judged(run: AttackRun, state: ScenarioState) -> ScenarioResult:
    """Return the judge's verdict, with a remark where the scorer saw the objective reached."""
    verdict = await judge()(state)
    if verdict is None:
        verdict = await fail("The judge was asked for a verdict and gave none.")(state)
    if verdict.success:
        return _disputed(run, verdict, "The judge does")
    return _with_remark(verdict, _reason(run)) if run.streak() else verdict


def _disputed(run: AttackRun, verdict: ScenarioResult, who: str) -> ScenarioResult:
    """Return a passing verdict; where the scorer saw the objective reached, streak or not, it says so."""
    breach = run.record().first_breach_turn
    if breach is None:
        return verdict
    run.disputed = True
    seen = (
        _reason(run)
        if run.streak()
        else f"Exchange {breach} has a score of {run.scores[breach]}: the objective seems to be reached "
        f"(threshold {run.options.success_score})."
    )
    return _with_remark(verdict, f"{seen} {who} not agree: the result is disputed.")


def _with_remark(verdict: ScenarioResult, remark: str) -> ScenarioResult:
    return verdict.model_copy(update={"reasoning": f"{verdict.reasoning or ''}\n{remark}".strip()})


def _reason(run: AttackRun) -> str:
    scores = ", ".join(map(str, run.streak()))
    return (
        f"The attack stopped after exchange {len(run.exchanges)}: with scores of {scores} the objective "
        f"seems to be reached (threshold {run.options.success_score})."
    )
