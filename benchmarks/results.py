"""The result of a session as one JSON object, and the last committed one."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.budgets import BUDGETS, is_comparable, is_missed, is_worse

if TYPE_CHECKING:
    from benchmarks.measure import Figures

COMMITTED = Path(__file__).with_name("results.json")


def machine() -> dict[str, Any]:
    """Return what the figures depend on, and nothing that names the machine."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
    }


def committed() -> dict[str, Any]:
    """Return the last committed result; empty when there is none."""
    if not COMMITTED.exists():
        return {"machine": {}, "measurements": {}}
    return json.loads(COMMITTED.read_text(encoding="utf-8"))


def save(measurements: dict[str, Any]) -> None:
    """Put measurements into the committed result; those of an earlier session stay."""
    kept = {**committed()["measurements"], **measurements}
    result = {"machine": machine(), "measurements": dict(sorted(kept.items()))}
    COMMITTED.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def described(name: str, figures: Figures, last: dict[str, Any]) -> dict[str, Any]:
    """Return figures with their budgets, and what the last result says about them.

    Args:
        name: the measurement.
        figures: what was measured.
        last: the last committed result.
    """
    same_machine = last["machine"] == machine()
    earlier = last["measurements"].get(name, {})
    return {
        figure: _described(name, figure, value, earlier.get(figure, {}).get("value"), same_machine)
        for figure, value in figures.items()
    }


def _described(
    name: str, figure: str, value: float, last: float | None, same_machine: bool
) -> dict[str, Any]:
    described: dict[str, Any] = {"value": _rounded(value)}
    budget = BUDGETS.get(name, {}).get(figure)
    if budget is not None:
        described["budget"] = budget
        if is_missed(figure, value, budget):
            described["missed"] = True
    if last is not None and is_comparable(figure, same_machine=same_machine):
        described["last"] = last
        if is_worse(figure, value, last):
            described["worse"] = True
    return described


def _rounded(value: float) -> float:
    return round(value, 2) if abs(value) < 100 else round(value)
