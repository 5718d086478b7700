"""How often the attacks of one kind broke the agent, and how sure one may be of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._red_team.rates import success_at_k, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario._report.document import ReportDocument

_STEPS = (2, 5, 10)  # numbers of attempts for which the chance of a break is told, besides all of them


@dataclass(frozen=True, slots=True)
class SuccessRate:
    """The attack success rate of one test under one strategy; runs that ended in an error do not count.

    Attributes:
        test_name: the test.
        strategy: the strategy.
        outcomes: one per run that came to an end; `True` where the attack succeeded.
    """

    test_name: str
    strategy: str
    outcomes: tuple[bool, ...]

    @property
    def broke(self) -> int:
        """How many attacks succeeded."""
        return sum(self.outcomes)

    @property
    def rate(self) -> float:
        """Their share."""
        return self.broke / len(self.outcomes)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the rate."""
        return wilson_interval(self.broke, len(self.outcomes))

    @property
    def success_at(self) -> dict[int, float]:
        """For some numbers of attempts, the chance that at least one succeeds; empty without repetitions."""
        trials = len(self.outcomes)
        if trials < 2:
            return {}
        steps = [step for step in _STEPS if step < trials]
        return {k: success_at_k(self.outcomes, k) for k in (*steps, trials)}


def success_rates(reports: Iterable[ReportDocument]) -> list[SuccessRate]:
    """Return the rates per test and strategy, the highest first.

    Trials of one objective belong together, whatever their names say.
    """
    groups: dict[tuple[str, str], list[ReportDocument]] = {}
    for report in reports:
        if report.status != "errored":
            groups.setdefault((report.objective_id or report.test_name, report.strategy), []).append(report)
    rates = [
        SuccessRate(
            min(report.test_name for report in group),
            strategy,
            tuple(report.status == "broke" for report in group),
        )
        for (_, strategy), group in groups.items()
    ]
    return sorted(rates, key=lambda rate: (-rate.rate, rate.test_name, rate.strategy))
