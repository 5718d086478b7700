"""Runs to show on a console."""

from __future__ import annotations

from typing import Any

from scenario._observer import RunInfo, RunOutcome
from scenario.config import ScenarioConfig

OUTCOME = RunOutcome("SUCCESS", None, None, "", (), (), 0.0, 0.0)


def run_info(run_id: str = "r1", *, verbose: bool | int = True, name: str = "refund") -> RunInfo:
    return RunInfo(
        name=name,
        description="d",
        run_id=run_id,
        thread_id="t",
        batch_id="b",
        set_id="s",
        config=ScenarioConfig(verbose=verbose),
    )


def tool_call(name: str, arguments: Any) -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
