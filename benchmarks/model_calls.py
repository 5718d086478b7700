"""What model calls cost this process: the first one, and those of a whole scenario."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import scenario
from benchmarks.measure import Figures, Measurement, timed
from benchmarks.model_server import model_server
from benchmarks.players import DESCRIPTION, over_http
from scenario.types import AgentInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_SCENARIOS = 20


async def first_model_call() -> Figures:
    """Measure the first call of a model over the second one."""
    with model_server() as base_url:
        simulator = over_http(base_url)[1]
        state = scenario.ScenarioState(description=DESCRIPTION, thread_id="thread")
        input = AgentInput(thread_id="thread", messages=[], new_messages=[], scenario_state=state)
        with timed() as first:
            await simulator.call(input)
        with timed() as second:
            await simulator.call(input)
    return {"cpu_ms": (first.cpu - second.cpu) * 1e3, "second_cpu_ms": second.cpu * 1e3}


def scenario_over_http() -> Figures:
    """Measure a scenario of 5 turns with simulator and judge, in threads of their own and on one loop."""
    with model_server() as base_url:
        return {
            "run_cpu_ms": asyncio.run(_cpu_per_scenario(scenario.run, base_url)),
            "arun_cpu_ms": asyncio.run(_cpu_per_scenario(scenario.arun, base_url)),
        }


async def _cpu_per_scenario(run: Callable[..., Coroutine[Any, Any, Any]], base_url: str) -> float:
    async def play(times: int) -> None:
        for _ in range(times):
            result = await run("kettle", DESCRIPTION, over_http(base_url), max_turns=5, verbose=False)
            assert result.success, result.reasoning
            assert len(result.messages) == 10, result.messages

    await play(2)
    with timed() as took:
        await play(_SCENARIOS)
    return took.cpu / _SCENARIOS * 1e3


MEASUREMENTS = {
    "first_model_call": Measurement(first_model_call),
    "scenario_over_http": Measurement(scenario_over_http),
}
