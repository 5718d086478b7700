"""Many scenarios at once, with a model that takes 200 ms for each answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import scenario
from benchmarks.measure import Figures, Measurement, memory_growth, most_threads, timed
from benchmarks.model_server import model_server
from benchmarks.players import DESCRIPTION, over_http

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


async def concurrent_arun() -> Figures:
    """Measure 1000 scenarios of 3 turns on one loop."""
    return await _at_once(scenario.arun, 1000)


async def concurrent_run() -> Figures:
    """Measure 200 scenarios of 3 turns in threads of their own."""
    return await _at_once(scenario.run, 200)


async def _at_once(run: Callable[..., Coroutine[Any, Any, Any]], scenarios: int) -> Figures:
    async def play(times: int) -> None:
        agents = over_http(base_url)
        results = await asyncio.gather(
            *(run(f"kettle {n}", DESCRIPTION, agents, max_turns=3, verbose=False) for n in range(times))
        )
        assert all(result.success and len(result.messages) == 6 for result in results)

    with model_server(latency=0.2) as base_url:
        await play(2)
        with most_threads() as threads, memory_growth() as memory, timed() as took:
            await play(scenarios)
    return {"wall_s": took.wall, "cpu_s": took.cpu, "memory_mb": memory.mb, "threads": threads.most}


MEASUREMENTS = {
    "concurrent_arun": Measurement(concurrent_arun, best_of=2),
    "concurrent_run": Measurement(concurrent_run),
}
