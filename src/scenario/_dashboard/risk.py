"""The risk of a run: what its scenario threatens, by how far the agent failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scenario._report.document import compound_risk

if TYPE_CHECKING:
    from scenario._report.document import ReportDocument, Risk

RISKS: tuple[Risk, ...] = ("critical", "high", "medium", "low", "none")
"""All levels, the worst first."""


class RunRisk(NamedTuple):
    """The risk of one run.

    Attributes:
        level: how bad.
        is_unresolved: the run ended in an error, so the level is only what was at stake.
    """

    level: Risk
    is_unresolved: bool


def risk_of(report: ReportDocument) -> RunRisk:
    """Return the risk of a run; of one that ended in an error, the severity of its scenario."""
    if report.status == "errored":
        return RunRisk(report.severity, is_unresolved=True)
    return RunRisk(compound_risk(report.severity, report.break_severity), is_unresolved=False)
