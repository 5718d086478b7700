"""Runs as text, to travel from the process that ran them to the one that prints the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scenario._reporter.reported_run import Place, ReportedRun, ReportedScenario

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPORTED_FIELDS = {
    "success",
    "reasoning",
    "passed_criteria",
    "failed_criteria",
    "inconclusive_criteria",
    "criteria",
    "usage",
    "total_time",
    "agent_time",
}


def encode(runs: Sequence[ReportedRun]) -> str:
    """Return the runs as JSON in ASCII, without their conversations."""
    return json.dumps([_to_dict(run) for run in runs], default=str)


def decode(text: str) -> list[ReportedRun]:
    """Return the runs that `encode` was given.

    Raises:
        ValueError: the text is not what `encode` returns.
    """
    from scenario.types import ScenarioResult

    return [
        {
            "scenario": ReportedScenario(
                run["name"], run["description"], run["set_id"], Place(*run["place"])
            ),
            "result": ScenarioResult(messages=[], **run["result"]),
            "status": run["status"],
        }
        for run in json.loads(text)
    ]


def _to_dict(run: ReportedRun) -> dict[str, object]:
    scenario, result = run["scenario"], run["result"]
    return {
        "name": scenario.name,
        "description": scenario.description,
        "set_id": scenario.set_id,
        "place": list(scenario.place),
        "status": run["status"],
        "result": result.model_dump(include=_REPORTED_FIELDS, warnings=False),
    }
