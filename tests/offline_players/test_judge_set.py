"""The judge against labels that a careful human gave; a third of the conversations is held out of tuning."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scenario._model.offline import answer

from .prompts import judge_request, key_of

SET = json.loads(Path(__file__).with_name("judge_set.json").read_text(encoding="utf-8"))
NEGATIVE = re.compile(r"\b(?:not|never|without|no|must not|avoids?)\b|n't\b", re.IGNORECASE)


async def _statuses(conversations):
    pairs = []
    for conversation in conversations:
        criteria = [criterion for _, criterion in conversation["pairs"]]
        request = judge_request(criteria, conversation["messages"], description=conversation["description"])
        verdicts = json.loads((await answer(request)).tool_calls[0].arguments)["criteria"]
        for n, (label, criterion) in enumerate(conversation["pairs"], 1):
            pairs.append((label, verdicts[key_of(n, criterion)]["status"]))
    return pairs


def _precision_and_recall(pairs):
    said_true = [label for label, status in pairs if status == "true"]
    are_true = [status for label, status in pairs if label == "true"]
    return said_true.count("true") / len(said_true), are_true.count("true") / len(are_true)


def test_the_set_is_large_and_a_third_of_it_forbids():
    criteria = [criterion for conversation in SET for _, criterion in conversation["pairs"]]

    assert len(criteria) >= 120
    assert 3 * sum(bool(NEGATIVE.search(criterion)) for criterion in criteria) >= len(criteria)
    assert len({conversation["domain"] for conversation in SET}) >= 7


async def test_true_is_right_in_95_percent_and_found_in_60_percent_of_all_pairs():
    precision, recall = _precision_and_recall(await _statuses(SET))

    assert precision >= 0.95
    assert recall >= 0.6


async def test_the_held_out_third_stays_near_the_rest(record_property):
    held_out = [conversation for conversation in SET if conversation["held_out"]]
    precision, recall = _precision_and_recall(await _statuses(held_out))
    record_property("precision", precision)
    record_property("recall", recall)

    assert 3 * len(held_out) >= len(SET) - 2
    assert precision >= 0.9
    assert recall >= 0.6


async def test_no_forbidding_criterion_that_was_broken_is_called_met():
    broken = [
        {
            **conversation,
            "pairs": [p for p in conversation["pairs"] if p[0] == "false" and NEGATIVE.search(p[1])],
        }
        for conversation in SET
        if not conversation["held_out"]
    ]

    statuses = await _statuses([conversation for conversation in broken if conversation["pairs"]])

    assert statuses
    assert not [status for _, status in statuses if status == "true"]


@pytest.mark.parametrize("conversation", SET[::7], ids=lambda conversation: conversation["domain"])
async def test_every_verdict_has_a_reason_and_points_at_messages(conversation):
    criteria = [criterion for _, criterion in conversation["pairs"]]
    arguments = json.loads(
        (await answer(judge_request(criteria, conversation["messages"]))).tool_calls[0].arguments
    )
    labels = {f"#{n}" for n in range(1, len(conversation["messages"]) + 1)}

    assert len(arguments["criteria"]) == len(criteria)
    for verdict in arguments["criteria"].values():
        assert verdict["reasoning"].endswith(".")
        assert set(verdict["evidence"]) <= labels
