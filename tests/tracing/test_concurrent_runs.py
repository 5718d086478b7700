"""Runs side by side never meet."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from opentelemetry import trace

from scenario._tracing import RunTracing, ensure_tracing, judge_span_collector
from scenario.types import AgentRole

from .span_helpers import run_info

TURNS = 5


async def play(number: int, everybody: asyncio.Barrier | None = None) -> list[str]:
    """Play some turns and return the names of the thread's spans before the end."""
    info = run_info(f"scenariothread_concurrent_{number}")
    ensure_tracing(None)
    run = RunTracing(info)
    tracer = trace.get_tracer("app")
    try:
        for turn in range(TURNS):
            run.open_turn(turn)
            with run.call("Bot", AgentRole.AGENT), tracer.start_as_current_span(f"tool {number}"):
                if everybody is not None:
                    await everybody.wait()
                await asyncio.to_thread(tracer.start_span(f"in a thread {number}").end)
        return [span.name for span in judge_span_collector.get_spans_for_thread(info.thread_id)]
    finally:
        await run.end()


def expected(number: int) -> list[str]:
    return [f"in a thread {number}", f"tool {number}", "Bot.call"] * TURNS


async def test_a_hundred_runs_on_one_loop():
    judge_span_collector.shutdown()
    everybody = asyncio.Barrier(100)
    async with asyncio.timeout(60):
        results = await asyncio.gather(*(play(number, everybody) for number in range(100)))

    assert results == [expected(number) for number in range(100)]
    assert len(judge_span_collector._index._nodes) == 0


def test_runs_on_loops_of_their_own_threads():
    judge_span_collector.shutdown()
    together = Barrier(8)

    def on_own_loop(number: int) -> list[str]:
        together.wait(timeout=30)
        return asyncio.run(play(number))

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(on_own_loop, range(8)))

    assert results == [expected(number) for number in range(8)]
    assert len(judge_span_collector._index._nodes) == 0
