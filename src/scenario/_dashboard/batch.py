"""The runs of one batch in the order in which they matter, and what they add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._dashboard.risk import RISKS, risk_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario._report.document import ReportDocument, Risk, Status

STATUSES: tuple[Status, ...] = ("broke", "errored", "inconclusive", "held")
"""How runs end, in the order in which they are listed."""

_OPEN: tuple[Status, ...] = ("broke", "errored")


@dataclass(frozen=True, slots=True)
class Batch:
    """The runs of one batch.

    Attributes:
        name: of its folder.
        reports: one per run, what needs attention first.
    """

    name: str
    reports: tuple[ReportDocument, ...]

    @classmethod
    def of(cls, name: str, reports: Iterable[ReportDocument]) -> Batch:
        """Put runs in order: by outcome, then risk, then the exchange in which the agent failed."""
        return cls(name, tuple(sorted(reports, key=_urgency)))

    @property
    def counts(self) -> dict[Status, int]:
        """How many runs ended in which way."""
        counted = Counter(report.status for report in self.reports)
        return {status: counted[status] for status in STATUSES}

    @property
    def findings(self) -> tuple[ReportDocument, ...]:
        """The runs that leave something to do: the agent broke, or nobody knows because of an error."""
        return tuple(report for report in self.reports if report.status in _OPEN)

    @property
    def findings_by_risk(self) -> dict[Risk, tuple[int, int]]:
        """For each level, how many open findings there are, and how many of them ended in an error."""
        risks = Counter(risk_of(report) for report in self.findings)
        unresolved = Counter(risk.level for risk in risks.elements() if risk.is_unresolved)
        levels = Counter(risk.level for risk in risks.elements())
        return {level: (levels[level], unresolved[level]) for level in RISKS}


def _urgency(report: ReportDocument) -> tuple[int, int, float, str, str]:
    failing = report.failing_turn_index or float("inf")
    level = RISKS.index(risk_of(report).level)
    return (STATUSES.index(report.status), level, failing, report.test_name, report.file_name)
