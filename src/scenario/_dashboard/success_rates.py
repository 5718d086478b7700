"""How often the attacks of one kind broke the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._campaign.result import SuccessRate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario._report.document import ReportDocument, Status


def success_rates(reports: Iterable[ReportDocument]) -> list[SuccessRate]:
    """Return the rates per test and strategy of which any run came to an end, the highest first.

    Trials of one objective belong together, whatever their tests are called.
    """
    outcomes: dict[tuple[str, str], list[Status]] = {}
    for report in reports:
        key = (report.objective_id or report.test_name, report.strategy)
        outcomes.setdefault(key, []).append(report.status)
    rates = [SuccessRate(name, strategy, tuple(found)) for (name, strategy), found in outcomes.items()]
    known = [rate for rate in rates if rate.rate is not None]
    return sorted(known, key=lambda rate: (-(rate.rate or 0), rate.objective_id, rate.strategy))
