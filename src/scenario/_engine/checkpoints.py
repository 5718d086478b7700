"""Checkpoints: judgments in the middle of a script, whose criteria join the final verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.types import CriterionVerdict, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTS = ("passed_criteria", "failed_criteria", "inconclusive_criteria", "criteria")


class Checkpoints:
    """The checkpoints that a run has passed so far."""

    def __init__(self) -> None:
        self._passed: list[ScenarioResult] = []

    def __bool__(self) -> bool:
        return bool(self._passed)

    def record(self, criteria: Sequence[str], verdict: ScenarioResult | None) -> ScenarioResult | None:
        """Record a checkpoint; return the verdict that ends the run, or `None` when it was passed."""
        if verdict is None:
            return ScenarioResult(
                success=False,
                messages=[],
                reasoning="The judge was asked to decide at a checkpoint and gave no verdict.",
                failed_criteria=list(criteria),
                inconclusive_criteria=list(criteria),
                criteria=[
                    CriterionVerdict(criterion=text, status="inconclusive", reasoning="no verdict")
                    for text in criteria
                ],
            )
        if verdict.success and not verdict.failed_criteria:
            self._passed.append(verdict)
            return None
        return verdict.model_copy(update={"success": False})

    def before(self, verdict: ScenarioResult) -> dict[str, list[Any]]:
        """Return the criteria of the final result: those of the checkpoints first, then the verdict's own."""
        return {
            name: [item for result in (*self._passed, verdict) for item in getattr(result, name)]
            for name in _LISTS
        }

    @property
    def met(self) -> list[str]:
        """The criteria found met so far."""
        return [text for result in self._passed for text in result.passed_criteria]
