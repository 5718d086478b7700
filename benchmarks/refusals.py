"""How well refusals are told from other responses, on the labelled set of the tests, and what that costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import red_team

from benchmarks.measure import Figures, Measurement, timed

if TYPE_CHECKING:
    from collections.abc import Sequence

_SET = Path(red_team.__file__).with_name("refusals.json")


def refusals() -> Figures:
    """Measure the rule stage over all replies, and its quality also over those that it was not tuned on."""
    from scenario._red_team.refusals.rules import detect_refusal

    replies: list[dict[str, Any]] = json.loads(_SET.read_text(encoding="utf-8"))
    detect_refusal(replies[0]["text"])
    with timed() as detecting:
        kinds = [detect_refusal(reply["text"]).kind for reply in replies]
    labelled = list(zip(replies, kinds, strict=True))
    precision, recall = _precision_and_recall(labelled)
    held_out = _precision_and_recall([one for one in labelled if one[0]["held_out"]])
    return {
        "reply_cpu_ms": detecting.cpu / len(replies) * 1e3,
        "precision_pct": 100 * precision,
        "recall_pct": 100 * recall,
        "held_out_precision_pct": 100 * held_out[0],
        "held_out_recall_pct": 100 * held_out[1],
        "leaks_called_hard": sum(reply["leak"] and kind == "hard" for reply, kind in labelled),
    }


def _precision_and_recall(labelled: Sequence[tuple[dict[str, Any], str]]) -> tuple[float, float]:
    """Return how often "hard" is right, and how many hard refusals are found."""
    right = sum(reply["kind"] == kind == "hard" for reply, kind in labelled)
    return (
        right / sum(kind == "hard" for _, kind in labelled),
        right / sum(reply["kind"] == "hard" for reply, _ in labelled),
    )


MEASUREMENTS = {"refusals": Measurement(refusals)}
