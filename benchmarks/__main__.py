"""`python -m benchmarks [--save] [NAME ...]`: measures, and prints one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from benchmarks.catalogue import MEASUREMENTS
from benchmarks.fresh import FailedError, best_figures
from benchmarks.measure import SkippedError
from benchmarks.results import committed, described, machine, save


def main(arguments: list[str] | None = None) -> int:
    """Measure; return 1 when a budget is missed, a figure is worse than the last result, or one broke off."""
    options = _parser().parse_args(arguments)
    unknown = sorted(set(options.names) - set(MEASUREMENTS))
    if unknown:
        print(f"no measurement is named {unknown}; there are {list(MEASUREMENTS)}", file=sys.stderr)
        return 2
    last = committed()
    measured: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    failed: dict[str, str] = {}
    for name in options.names or MEASUREMENTS:
        print(f"measuring {name} ...", file=sys.stderr)
        try:
            measured[name] = described(name, best_figures(name), last)
        except SkippedError as reason:
            skipped[name] = str(reason)
        except FailedError as error:
            failed[name] = str(error)
    missed = _marked(measured, "missed")
    worse = _marked(measured, "worse")
    report = {
        "machine": machine(),
        "measurements": measured,
        "skipped": skipped,
        "failed": failed,
        "missed": missed,
        "worse": worse,
    }
    print(json.dumps(report, indent=2))
    if options.save:
        save({name: _without_comparison(figures) for name, figures in measured.items()})
        worse = []  # the new result is the one to compare with
    return 1 if missed or worse or failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what the library costs, against its budgets and the last committed result.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(MEASUREMENTS)}")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results.json")
    return parser


def _marked(measured: dict[str, Any], mark: str) -> list[str]:
    return [
        f"{name}.{figure}"
        for name, figures in measured.items()
        for figure, facts in figures.items()
        if facts.get(mark)
    ]


def _without_comparison(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        figure: {key: value for key, value in facts.items() if key not in ("last", "worse")}
        for figure, facts in figures.items()
    }


if __name__ == "__main__":
    sys.exit(main())
