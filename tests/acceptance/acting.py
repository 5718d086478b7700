"""A scenario's cast for acceptance tests: a scripted model, and who watches how runs begin and end."""

from __future__ import annotations

from typing import Any

from scenario._observer import Observer, RunInfo, RunOutcome


class Endings(Observer):
    """Keeps which runs began, and how each of them ended."""

    def __init__(self) -> None:
        self.started: list[RunInfo] = []
        self.outcomes: list[RunOutcome] = []

    def run_started(self, run: RunInfo) -> None:
        self.started.append(run)

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: Any) -> None:
        self.outcomes.append(outcome)

    @property
    def statuses(self) -> list[str]:
        return [outcome.status for outcome in self.outcomes]


def finish(tools: Any, *, status: str = "true", verdict: str = "success") -> dict[str, Any]:
    """The judge's verdict that gives every criterion the same status."""
    functions = {tool["function"]["name"]: tool["function"] for tool in tools}
    keys = functions["finish_test"]["parameters"]["properties"]["criteria"]["properties"]
    criteria = {key: {"reasoning": "seen", "evidence": ["#1"], "status": status} for key in keys}
    return {"finish_test": {"criteria": criteria, "reasoning": "as the messages show", "verdict": verdict}}


def plays(tools: Any, text: str) -> Any:
    """Answer as whom the request is for: the simulator gets `text`, the judge decides when it must."""
    names = {tool["function"]["name"] for tool in tools}
    if not names:
        return text
    return {"continue_test": {}} if "continue_test" in names else finish(tools)
