"""What a judgment costs when the agent, or somebody else, has left many spans."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

import scenario
from benchmarks.measure import Figures, Measurement
from benchmarks.players import CRITERIA, DESCRIPTION, Desk
from benchmarks.recording_model import MODEL, prompt_text, recording_model

if TYPE_CHECKING:
    from scenario.scenario_state import ScenarioState
    from scenario.types import AgentInput, AgentReturnTypes, ModelRequest

_SPANS = 5_000
_UNRELATED = 20_000
_ROUNDS = 10


class _Traced(Desk):
    """An agent that leaves spans such as instrumented libraries make."""

    def __init__(self, spans: int) -> None:
        self._spans = spans

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        _leave_spans(self._spans)
        return await super().call(input)


def _leave_spans(spans: int, **attributes: str) -> None:
    from opentelemetry.trace import get_tracer

    tracer = get_tracer("shop")
    for number in range(spans // 5):
        with tracer.start_as_current_span("handle", attributes=attributes):
            for name in ("retrieve", "rerank", "chat gpt-5-mini", "lookup_order"):
                details = {"langwatch.input": f"{name} order {number}", "db.rows": number, **attributes}
                tracer.start_span(name, attributes=details).end()


async def judge_spans() -> Figures:
    """Measure a judgment on an agent with 5000 spans."""
    await _judged(spans=50)
    cpu, request = await _judged(spans=_SPANS)
    prompt = prompt_text(request)
    assert "</opentelemetry_traces" in prompt
    return {"cpu_ms": cpu * 1e3, "prompt_tokens": len(prompt.encode()) / 4}


async def judge_unrelated_spans() -> Figures:
    """Measure a judgment beside 20,000 spans of another conversation over one without them."""
    await _judged(spans=0)
    without = min([(await _judged(spans=0))[0] for _ in range(_ROUNDS)])
    _leave_spans(_UNRELATED, **{"langwatch.thread.id": "another conversation"})
    beside = min([(await _judged(spans=0))[0] for _ in range(_ROUNDS)])
    return {"extra_cpu_ms": (beside - without) * 1e3, "cpu_ms": beside * 1e3}


async def _judged(*, spans: int) -> tuple[float, ModelRequest]:
    """Play one turn and a judgment; return the judgment's CPU time in seconds and its first request."""
    marks: list[float] = []

    def collect(state: ScenarioState) -> None:
        gc.collect()

    def mark(state: ScenarioState) -> None:
        marks.append(time.process_time())

    agents = [_Traced(spans), scenario.JudgeAgent(model=MODEL, criteria=CRITERIA)]
    play = [scenario.user("hello"), scenario.agent()]
    # With criteria the step is a checkpoint, after which the script goes on.
    script = [*play, collect, mark, scenario.judge(CRITERIA), mark, scenario.succeed()]
    with recording_model() as requests:
        await scenario.arun("spans", DESCRIPTION, agents, script=script, verbose=False)
    return marks[1] - marks[0], requests[0]


MEASUREMENTS = {
    "judge_spans": Measurement(judge_spans),
    "judge_unrelated_spans": Measurement(judge_unrelated_spans),
}
