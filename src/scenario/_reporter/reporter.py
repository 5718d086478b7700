"""The list of a session's runs, its totals, and its printing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypedDict

from scenario._reporter.reported_run import NOWHERE, ReportedRun, from_result, superseded

if TYPE_CHECKING:
    from scenario.types import ScenarioResult


class ReportSummary(TypedDict):
    """Totals of a report; `success_rate` is a percentage, rounded to two digits."""

    total: int
    passed: int
    failed: int
    success_rate: float


class ScenarioReporter:
    """The runs of a test session, in the order in which they ended.

    Attributes:
        results: one dict per run with `scenario` (`name`, `description`, `set_id`, `place`), `result` (a
            `ScenarioResult` without media) and `status` (`SUCCESS`, `FAILED`, `ERROR`, `CANCELLED`).
        place: the test that is running now; the pytest plugin keeps it up to date.
    """

    def __init__(self) -> None:
        self.results: list[ReportedRun] = []
        self.place = NOWHERE

    def add_result(self, scenario: Any, result: ScenarioResult) -> None:
        """Add a run; those that end in the session are added by themselves.

        Args:
            scenario: anything with a `name`; its `description` and `set_id` are kept if it has them.
            result: the verdict.
        """
        self.results.append(from_result(scenario, result, self.place))

    def get_summary(self) -> ReportSummary:
        """Return the totals; of a test that was run again only the last attempt counts."""
        counted = [
            entry
            for entry, repeated in zip(self.results, superseded(self.results), strict=True)
            if not repeated
        ]
        total = len(counted)
        passed = sum(entry["result"].success for entry in counted)
        rate = round(100 * passed / total, 2) if total else 0
        return {"total": total, "passed": passed, "failed": total - passed, "success_rate": rate}

    def print_report(self) -> None:
        """Print the report to stdout; nothing if there were no runs."""
        from scenario._reporter.layout import report_lines

        encoding = sys.stdout.encoding or "utf-8"
        for line in report_lines(self, encoding=encoding):
            text = str(line).encode(encoding, "backslashreplace").decode(encoding)
            sys.stdout.write(f"{text}\n")
