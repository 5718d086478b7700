"""Runs measurements, each time in a fresh process: `python -m benchmarks.fresh NAME` is that process."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.budgets import one_of
from benchmarks.catalogue import MEASUREMENTS
from benchmarks.measure import Figures, SkippedError

ROOT = Path(__file__).resolve().parent.parent
_PREFIXES = ("SCENARIO_", "LANGWATCH_", "OTEL_", "OPENAI_")


class FailedError(Exception):
    """A measurement broke off."""


def best_figures(name: str) -> Figures:
    """Measure in several fresh processes and return the one of each figure that counts.

    Raises:
        SkippedError: the measurement cannot be made here.
        FailedError: the measurement broke off.
    """
    results = [_in_fresh_process(name) for _ in range(MEASUREMENTS[name].best_of)]
    return {figure: one_of(figure, [result[figure] for result in results]) for figure in results[0]}


def _in_fresh_process(name: str) -> Figures:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_PREFIXES)}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fresh", name],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"{name} broke off with exit code {done.returncode}; its error is above")
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "skipped" in outcome:
        raise SkippedError(outcome["skipped"])
    return outcome["figures"]


def _main(name: str) -> None:
    try:
        figures = MEASUREMENTS[name].function()
        if inspect.iscoroutine(figures):
            figures = asyncio.run(figures)
    except SkippedError as skipped:
        print(json.dumps({"skipped": str(skipped)}))
    else:
        print(json.dumps({"figures": figures}))


if __name__ == "__main__":
    _main(sys.argv[1])
