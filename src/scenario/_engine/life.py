"""The life of a run: connect, play the script, and end it in exactly one way on every path."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from scenario._observer import Observer, RunOutcome, RunStatus
from scenario.errors import exception_line, exception_text
from scenario.types import AgentRole, RunUsage, ScenarioResult, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._engine.run import Run
    from scenario.types import Message, ScriptStep

_AGENT = AgentRole.AGENT.value


async def live(run: Run, script: Sequence[ScriptStep]) -> ScenarioResult:
    """Play a script from connecting to the final result.

    Whatever ends the run, the background turn is cancelled, the channel closed, the spans released, and the
    observers told once how it ended.
    """
    started = time.perf_counter()
    outcome: RunOutcome | None = None
    run.watchers.tell(Observer.run_started)
    try:
        try:
            await run.channel.open(run.info, run.conversation.messages)
            verdict = await run.play(script)
            total_time = time.perf_counter() - started
            await run.stop()  # before the result is made: what the background turn took belongs to it
            if await run.channel.complete():
                run.watchers.tell(Observer.conversation_changed, run.conversation.messages)
            result = _final(run, verdict, total_time=total_time, usage=await _usage(run))
            outcome = _judged(run, result)
            await run.channel.save(failed=not result.success)
        except BaseException as error:
            run.channel.attach_to(error)
            outcome = _broken(run, error, total_time=time.perf_counter() - started)
            await run.channel.save(failed=True)
            raise
        finally:
            await _release(run)
    finally:
        if outcome is not None:
            run.watchers.tell(Observer.run_ended, outcome, run.conversation.messages)
    return result


async def _release(run: Run) -> None:
    """Let go of everything that the run holds, also when the releasing itself is cancelled."""
    try:
        await run.stop()
    finally:
        try:
            await run.channel.close()
        finally:
            await run.tracing.end()


def _final(run: Run, verdict: ScenarioResult, *, total_time: float, usage: RunUsage) -> ScenarioResult:
    """Return the result of the run: the verdict with what only the engine knows."""
    fields = {
        **run.checkpoints.before(verdict),
        **run.channel.result_fields(),
        "messages": verdict.messages or _conversation(run),
        "total_time": verdict.total_time or total_time,
        "agent_time": verdict.agent_time or run.calls.agent_time,
        "usage": verdict.usage or usage,
    }
    return verdict.model_copy(update=fields)


def _conversation(run: Run) -> list[Message]:
    """Return the conversation as it stands; a message that was put into the live list has no trace."""
    return [
        message if "trace_id" in message else {**message, "trace_id": None}
        for message in run.conversation.messages
    ]


async def _usage(run: Run) -> RunUsage:
    """Return the run's model usage; what the agent under test used is known from its spans."""
    report = run.meter.report()
    agent = await run.tracing.agent_usage()
    if agent is None:
        return report
    replayed = Usage(cache_hits=report.by_role[_AGENT].cache_hits) if _AGENT in report.by_role else Usage()
    by_role = {**report.by_role, _AGENT: agent + replayed}
    return RunUsage(total=sum(by_role.values(), Usage()), by_role=by_role)


def _judged(run: Run, result: ScenarioResult) -> RunOutcome:
    return RunOutcome(
        status="SUCCESS" if result.success else "FAILED",
        result=result,
        error=None,
        reasoning=result.reasoning or "",
        met_criteria=tuple(result.passed_criteria),
        unmet_criteria=tuple(result.failed_criteria),
        total_time=result.total_time or 0.0,
        agent_time=run.calls.agent_time,
    )


def _broken(run: Run, error: BaseException, *, total_time: float) -> RunOutcome:
    cancelled = isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit)
    status: RunStatus = "CANCELLED" if cancelled else "ERROR"
    unmet = list(run.verdict.failed_criteria) if run.verdict is not None else []
    if isinstance(error, AssertionError):
        unmet.append(exception_text(error))
    return RunOutcome(
        status=status,
        result=None,
        error=error,
        reasoning=exception_line(error),
        met_criteria=tuple(run.checkpoints.met),
        unmet_criteria=tuple(unmet),
        total_time=total_time,
        agent_time=run.calls.agent_time,
    )
