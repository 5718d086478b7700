"""What `offline/players` costs, and how well it judges the labelled set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.offline_players import prompts

from benchmarks.measure import Figures, Measurement, timed

if TYPE_CHECKING:
    from scenario.types import ModelResponse

_SET = Path(prompts.__file__).with_name("judge_set.json")


async def offline_players() -> Figures:
    """Measure judgments and user messages over the labelled conversations."""
    from scenario._model.offline import answer

    conversations: list[dict[str, Any]] = json.loads(_SET.read_text(encoding="utf-8"))
    judgments = [
        prompts.judge_request(
            [text for _, text in one["pairs"]], one["messages"], description=one["description"]
        )
        for one in conversations
    ]
    messages = [
        prompts.user_request(one["description"], one["messages"][:index])
        for one in conversations
        for index, message in enumerate(one["messages"])
        if message["role"] == "user"
    ]
    await answer(judgments[0])
    await answer(messages[0])
    with timed() as judging:
        verdicts = [await answer(request) for request in judgments]
    with timed() as writing:
        for request in messages:
            await answer(request)
    precision, recall = _precision_and_recall(conversations, verdicts)
    return {
        "judgment_cpu_ms": judging.cpu / len(judgments) * 1e3,
        "user_message_cpu_ms": writing.cpu / len(messages) * 1e3,
        "precision_pct": 100 * precision,
        "recall_pct": 100 * recall,
    }


def _precision_and_recall(
    conversations: list[dict[str, Any]], verdicts: list[ModelResponse]
) -> tuple[float, float]:
    """Return how often "true" is right, and how much of what is true is found."""
    right = said = true = 0
    for conversation, verdict in zip(conversations, verdicts, strict=True):
        criteria = json.loads(verdict.tool_calls[0].arguments)["criteria"]
        for number, (label, text) in enumerate(conversation["pairs"], 1):
            status = criteria[prompts.key_of(number, text)]["status"]
            said += status == "true"
            true += label == "true"
            right += status == label == "true"
    return right / said, right / true


MEASUREMENTS = {"offline_players": Measurement(offline_players)}
