"""Runs the attacks of a campaign side by side."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from scenario._campaign.attack import Attack, checked
from scenario._campaign.result import AttackResult, CampaignResult
from scenario._red_team.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from scenario._campaign.objective import Objective
    from scenario.agent_adapter import AgentAdapter
    from scenario.red_team_agent import RedTeamAgent
    from scenario.scenario_state import ScenarioState
    from scenario.types import ScenarioResult, ScriptStep

_log = logging.getLogger("scenario")


async def run_campaign(
    attacks: Iterable[Attack],
    *,
    target: Callable[[], AgentAdapter | Awaitable[AgentAdapter]],
    description: str,
    judge: Callable[[Objective], AgentAdapter] | None = None,
    checks: Sequence[ScriptStep] = (),
    final_checks: Sequence[ScriptStep] = (),
    on_objective: Literal["judge", "fail"] = "judge",
    max_concurrency: int = 10,
    timeout: float | None = None,
    threads: bool = False,
    on_result: Callable[[AttackResult], Awaitable[object] | object] | None = None,
) -> CampaignResult:
    """Run attacks concurrently, each against a fresh agent with a fresh attacker and judge.

    An attack that fails, breaks off or hangs changes no other. Cancelling the campaign cancels all of them
    and waits until they have ended.

    Args:
        attacks: what `attacks(...)` returned, or a part of it.
        target: makes the agent under test, once per attack; sync or async.
        description: the situation, told to attacker and judge.
        judge: makes the judge of an objective; default: a `JudgeAgent` with the objective's criteria.
        checks: called with the state after each exchange; an `AssertionError` means that the agent broke.
        final_checks: the same, once at the end.
        on_objective: what happens when the scorer believes the objective reached: the judge decides, or the
            attack counts as successful at once.
        max_concurrency: most attacks at a time.
        timeout: most seconds of one attack, which has errored then; default: no limit.
        threads: runs each attack as `scenario.run` does, in a thread and on a loop of its own, for agents
            that block; default: on this loop, as `scenario.arun`.
        on_result: called, or awaited, with each result as it comes, for example to save a report (see
            `AttackResult.report_arguments`). What it raises is logged.

    Returns:
        The results in the order of `attacks`.

    Raises:
        TypeError: `target` is an agent; one agent for all attacks would carry state from one to the next.
        ValueError: a number is out of range, or two attacks have one name.
        ModelNotConfiguredError: an attacker has no model.
    """
    planned = checked(attacks)
    if max_concurrency < 1:
        raise ValueError(f"max_concurrency must be at least 1, got {max_concurrency!r}")
    if timeout is not None and timeout <= 0:
        raise ValueError(f"timeout must be above 0 seconds, or None, got {timeout!r}")
    if on_objective not in ("judge", "fail"):
        raise ValueError(f"on_objective must be 'judge' or 'fail', got {on_objective!r}")
    if not callable(target):
        raise TypeError(
            f"target must make a fresh agent for each attack, got {target!r}; pass the class of your "
            "adapter, or a function that returns a new one"
        )
    setting = _Setting(
        target, description, judge or _judge_of, checks, final_checks, on_objective, timeout, threads
    )
    places = asyncio.Semaphore(max_concurrency)

    async def conducted(attack: Attack, attacker: RedTeamAgent) -> AttackResult:
        async with places:
            ended = await setting.conduct(attack, attacker)
            await _tell(on_result, ended)
            return ended

    # Made before anything runs: what is wrong with the settings is wrong with the whole campaign.
    attackers = [attack.agent() for attack in planned]
    async with asyncio.TaskGroup() as group:
        running = [
            group.create_task(conducted(attack, attacker), name=f"attack {attack}")
            for attack, attacker in zip(planned, attackers, strict=True)
        ]
    return CampaignResult(tuple(task.result() for task in running))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all attacks of a campaign have in common; the meanings are those of `run_campaign`."""

    target: Callable[[], AgentAdapter | Awaitable[AgentAdapter]]
    description: str
    judge: Callable[[Objective], AgentAdapter]
    checks: Sequence[ScriptStep]
    final_checks: Sequence[ScriptStep]
    on_objective: Literal["judge", "fail"]
    timeout: float | None
    threads: bool

    async def conduct(self, attack: Attack, attacker: RedTeamAgent) -> AttackResult:
        """Run one attack, and return how it ended whatever happens."""
        started = time.perf_counter()
        states: list[ScenarioState] = []
        result: ScenarioResult | None = None
        error: BaseException | None = None
        limit = asyncio.timeout(self.timeout)
        try:
            async with limit:
                result = await self._run(attack, attacker, states.append)
        except BaseException as raised:
            # Not only `Exception`: what pytest.fail() raises in a check is none.
            if _ends_the_campaign(raised):
                raise
            error = TimeoutError(f"not over after {self.timeout} s") if limit.expired() else raised
        messages = result.messages if result else [message for state in states for message in state.messages]
        return AttackResult(
            attack=attack,
            outcome=outcome_of(result, error, conversed=bool(messages)),
            result=result,
            error=error,
            agent=attacker,
            messages=messages,
            elapsed_seconds=time.perf_counter() - started,
        )

    async def _run(
        self, attack: Attack, attacker: RedTeamAgent, watch: Callable[[ScenarioState], None]
    ) -> ScenarioResult:
        from scenario.scenario_executor import arun, run

        agent = self.target()
        if inspect.isawaitable(agent):
            agent = await agent
        script = attacker.marathon_script(self.checks, self.final_checks, on_objective=self.on_objective)
        return await (run if self.threads else arun)(
            name=str(attack),
            description=self.description,
            agents=[attacker, agent, self.judge(attack.objective)],
            script=[watch, *script],
            verbose=False,
            metadata=_metadata(attack),
        )


def _judge_of(objective: Objective) -> AgentAdapter:
    from scenario.judge_agent import JudgeAgent

    return JudgeAgent(criteria=list(objective.judged_by))


def _metadata(attack: Attack) -> dict[str, Any]:
    return {
        "campaign": attack.campaign,
        "objective_id": attack.objective.id,
        "strategy": attack.strategy,
        "trial": attack.trial,
        "seed": attack.seed,
        "owasp": list(attack.objective.owasp),
        "severity": attack.objective.severity,
    }


def _ends_the_campaign(raised: BaseException) -> bool:
    """Whether everything ends; a cancellation that nobody asked of the campaign is an agent's mishap."""
    if isinstance(raised, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(raised, KeyboardInterrupt | SystemExit | GeneratorExit)


async def _tell(
    on_result: Callable[[AttackResult], Awaitable[object] | object] | None, ended: AttackResult
) -> None:
    if on_result is None:
        return
    try:
        told = on_result(ended)
        if inspect.isawaitable(told):
            await told
    except Exception as error:  # noqa: BLE001 - a report that cannot be written must not end the campaign
        _log.error("on_result failed for the attack %s: %r", ended.attack, error)
