"""What the tests of the judge need: inputs, replies, a judge with a scripted model."""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from scenario._judge.keys import criterion_keys
from scenario._model.fake import fake_model
from scenario.config import ScenarioConfig
from scenario.judge_agent import JudgeAgent
from scenario.scenario_state import Rollback, ScenarioState
from scenario.types import AgentInput, JudgmentRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scenario._model.fake import FakeModel

CRITERIA = ["The agent asks for the order number", "The agent does not promise a refund"]

CONVERSATION = [
    {"role": "user", "content": "Where is my parcel?"},
    {"role": "assistant", "content": "What is your order number?"},
]


def judge_input(
    messages: Sequence[dict[str, Any]] = CONVERSATION,
    *,
    turn: int = 0,
    max_turns: int = 10,
    min_turns: int = 0,
    request: JudgmentRequest | None = None,
    description: str = "A customer misses a parcel.",
    thread_id: str = "thread-1",
    rollbacks: Sequence[Rollback] = (),
) -> AgentInput:
    state = ScenarioState(
        description=description,
        messages=list(messages),
        thread_id=thread_id,
        current_turn=turn,
        config=ScenarioConfig(max_turns=max_turns, min_turns=min_turns),
    )
    state._run = SimpleNamespace(rollbacks=list(rollbacks), timeline=[])
    return AgentInput(
        thread_id=thread_id,
        messages=[dict(message) for message in messages],
        new_messages=[],
        judgment_request=request,
        scenario_state=state,
    )


def on_request(criteria: list[str] | None = None, context: str | None = None, **others: Any) -> AgentInput:
    return judge_input(request=JudgmentRequest(criteria=criteria, context=context), **others)


def finish(
    *statuses: Any, verdict: Any = "success", reasoning: Any = "because", criteria: Sequence[str] = CRITERIA
) -> dict[str, Any]:
    """A reply that calls `finish_test` with one status per criterion."""
    entries = {
        key: {"reasoning": "seen", "evidence": ["#2"], "status": status}
        for key, status in zip(criterion_keys(criteria), statuses, strict=True)
    }
    return {"finish_test": json.dumps({"criteria": entries, "reasoning": reasoning, "verdict": verdict})}


CONTINUE = {"continue_test": {}}
MET = finish("true", "true")


@contextmanager
def judge_with(replies: Any, **settings: Any) -> Iterator[tuple[JudgeAgent, FakeModel]]:
    with fake_model("fake", replies) as model:
        yield JudgeAgent(**{"criteria": CRITERIA, "model": "fake/judge", **settings}), model


def text_of(prompt: Sequence[dict[str, Any]]) -> str:
    return "\n\n".join(message["content"] for message in prompt)
