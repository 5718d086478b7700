"""How much of the prompts a provider's prompt cache can serve."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import scenario
from benchmarks.measure import Figures, Measurement
from benchmarks.players import CRITERIA, DESCRIPTION, Desk
from benchmarks.recording_model import MODEL, messages_text, prompt_text, recording_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import ModelRequest

_TURNS = 20


async def prompt_prefix() -> Figures:
    """Measure the share of the prompts that lies in a prefix already sent in the run."""
    simulator, judge = await _requests(include_traces=None)
    _, judge_without_traces = await _requests(include_traces=False)
    return {
        "simulator_pct": _share([messages_text(request) for request in simulator]),
        "judge_pct": _share([messages_text(request) for request in judge]),
        "judge_without_traces_pct": _share([messages_text(request) for request in judge_without_traces]),
        "judge_with_tools_pct": _share([prompt_text(request) for request in judge]),
    }


async def _requests(*, include_traces: bool | None) -> tuple[list[ModelRequest], list[ModelRequest]]:
    """Play a run and return the requests of its simulator and of its judge."""
    agents = [
        Desk(),
        scenario.UserSimulatorAgent(model=MODEL),
        scenario.JudgeAgent(model=MODEL, criteria=CRITERIA, include_traces=include_traces),
    ]
    with recording_model() as requests:
        result = await scenario.arun("kettle", DESCRIPTION, agents, max_turns=_TURNS, verbose=False)
    assert len(result.messages) == 2 * _TURNS
    return (
        [request for request in requests if not request.tools],
        [request for request in requests if request.tools],
    )


def _share(prompts: Sequence[str]) -> float:
    """Return the percentage of all prompts that lies in a prefix shared with an earlier one."""
    known = sum(
        max((_length_in_common(prompt, earlier) for earlier in prompts[:number]), default=0)
        for number, prompt in enumerate(prompts)
    )
    return 100 * known / sum(len(prompt) for prompt in prompts)


def _length_in_common(one: str, other: str) -> int:
    return len(os.path.commonprefix([one, other]))  # noqa: RUF071  # of texts, not of paths


MEASUREMENTS = {"prompt_prefix": Measurement(prompt_prefix, best_of=1)}
