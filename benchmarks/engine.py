"""What the engine costs without any model."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from statistics import median
from typing import Any

import scenario
from benchmarks.measure import Figures, Measurement, growth_exponent, memory_growth, timed
from benchmarks.players import DESCRIPTION, Desk, in_memory
from benchmarks.replies import AGENT_TEXT, USER_TEXT
from scenario.types import AgentInput, AgentReturnTypes, AgentRole, ScriptStep

_CALLS = 100


async def scripted_turns() -> Figures:
    """Measure scripts of 200 and of 2000 turns; each user says something of their own."""
    await _play_script(20)
    small = min([await _play_script(200) for _ in range(5)])
    with memory_growth() as memory, timed() as took:
        await _play_script(2000)
    large = min([took.cpu, *[await _play_script(2000) for _ in range(2)]])
    return {
        "wall_s": took.wall,
        "memory_mb": memory.mb,
        "cpu_exponent": growth_exponent(small, large, factor=10),
        "cpu_per_turn_ms": large / 2000 * 1e3,
    }


async def _play_script(turns: int) -> float:
    script: list[ScriptStep] = []
    for turn in range(turns):
        script += [scenario.user(f"{USER_TEXT} ({turn})"), scenario.agent()]
    script.append(scenario.succeed())
    with timed() as took:
        result = await scenario.arun("long", DESCRIPTION, [Desk()], script=script, verbose=False)
    assert len(result.messages) == 2 * turns
    return took.cpu


class _Clocked(scenario.AgentAdapter):
    """Notes the CPU time that lies between two calls; `reads` adds reading the whole conversation to it."""

    def __init__(self, role: AgentRole, overheads: list[float], *, reads: bool) -> None:
        self.role = role
        self._overheads = overheads
        self._reads = reads

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        if self._reads:
            assert all(message["content"] for message in input.messages)
        self._overheads.append(time.thread_time())
        return USER_TEXT


async def agent_call() -> Figures:
    """Measure the engine's share of an agent's call at 100 and at 2000 messages."""
    await _overhead_ms(0, reads=True)
    return {
        "at_100_ms": await _overhead_ms(100, reads=False),
        "at_2000_ms": await _overhead_ms(2000, reads=False),
        "at_2000_reading_all_ms": await _overhead_ms(2000, reads=True),
    }


async def _overhead_ms(messages: int, *, reads: bool) -> float:
    def fill(state: scenario.ScenarioState) -> None:
        for _ in range(messages // 2):
            state.add_message({"role": "user", "content": USER_TEXT})
            state.add_message({"role": "assistant", "content": AGENT_TEXT})

    times: list[float] = []
    agents = [_Clocked(role, times, reads=reads) for role in (AgentRole.USER, AgentRole.AGENT)]
    script: list[Any] = [fill, scenario.proceed(turns=_CALLS // 2), scenario.succeed()]
    await scenario.arun("calls", DESCRIPTION, agents, script=script, max_turns=_CALLS, verbose=False)
    assert len(times) == _CALLS
    return median(after - before for before, after in pairwise(times)) * 1e3


async def many_scenarios() -> Figures:
    """Measure 1000 scenarios of 5 turns on one loop."""
    await _play_many(10)
    with memory_growth() as memory, timed() as took:
        await _play_many(1000)
    return {"wall_s": took.wall, "cpu_s": took.cpu, "memory_mb": memory.mb}


async def _play_many(scenarios: int) -> None:
    results = await asyncio.gather(
        *(
            scenario.arun(f"scenario {n}", DESCRIPTION, in_memory(), max_turns=5, verbose=False)
            for n in range(scenarios)
        )
    )
    assert all(result.success and len(result.messages) == 10 for result in results)


MEASUREMENTS = {
    "scripted_turns": Measurement(scripted_turns),
    "agent_call": Measurement(agent_call),
    "many_scenarios": Measurement(many_scenarios),
}
