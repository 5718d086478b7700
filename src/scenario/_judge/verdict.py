"""A judge's verdict: what the model returned, read strictly, and the result that follows from it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel

from scenario._judge.encodable import encodable
from scenario._judge.json_pairs import JsonObject, as_object
from scenario._judge.keys import KeyMatcher
from scenario._judge.shapes import is_array
from scenario.types import CriterionVerdict, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.reply import Finish
    from scenario.types import Message

Status = Literal["true", "false", "inconclusive"]
Outcome = Literal["success", "failure", "inconclusive"]

# Where several values claim the same thing, the first of these wins.
_STATUSES: tuple[Status, ...] = ("false", "inconclusive", "true")
_OUTCOMES: tuple[Outcome, ...] = ("failure", "inconclusive", "success")

_Word = TypeVar("_Word", bound=str)

_logger = logging.getLogger("scenario")


class Verdict(BaseModel):
    """A decision on every criterion and on the whole.

    Attributes:
        outcome: the overall verdict that the model gave.
        reasoning: why, in words.
        criteria: the decision on each criterion, in effective order.
    """

    outcome: Outcome
    reasoning: str
    criteria: list[CriterionVerdict]

    @property
    def is_undecided(self) -> bool:
        """Whether more conversation may still decide it: nothing failed, something or all is inconclusive."""
        decided = {self.outcome, *self._statuses}
        return decided.isdisjoint({"failure", "false"}) and "inconclusive" in decided

    @property
    def contradiction(self) -> str | None:
        """A sentence that says how the overall verdict and the criteria disagree, if they do."""
        statuses = self._statuses
        if statuses == {"true"}:
            found = "every criterion is met" if self.outcome != "success" else None
        elif "false" in statuses:
            found = "a criterion is not met" if self.outcome != "failure" else None
        else:
            found = "a criterion is inconclusive" if self.outcome == "success" else None
        return found and f"The overall verdict was {self.outcome}, although {found}."

    def result(self, messages: Sequence[Message]) -> ScenarioResult:
        """Return the result of the run; it succeeds only if verdict and every criterion say so."""
        passed = [entry.criterion for entry in self.criteria if entry.status == "true"]
        return ScenarioResult(
            success=self.outcome == "success" and bool(passed) and len(passed) == len(self.criteria),
            messages=list(messages),
            reasoning=self.reasoning,
            passed_criteria=passed,
            failed_criteria=[entry.criterion for entry in self.criteria if entry.status != "true"],
            inconclusive_criteria=[
                entry.criterion for entry in self.criteria if entry.status == "inconclusive"
            ],
            criteria=self.criteria,
        )

    @property
    def _statuses(self) -> set[Status]:
        return {entry.status for entry in self.criteria}


def read_verdict(finish: Finish, criteria: Sequence[str]) -> Verdict:
    """Return the verdict of a `finish_test` call.

    What is missing, unreadable or contradictory never counts in favour: an unknown status and a missing
    criterion are inconclusive, and of two entries for one criterion the worse counts.

    Args:
        finish: the call.
        criteria: the effective criteria.
    """
    found: list[list[CriterionVerdict]] = [[] for _ in criteria]
    matcher = KeyMatcher(criteria)
    for key, value in finish.criteria:
        index = matcher.index(key)
        if index is None:
            _logger.warning("the judge returned a criterion that was not asked for: %.80r", key)
        else:
            found[index].append(_entry(value, criteria[index], index + 1))
    decisions: list[CriterionVerdict] = []
    for number, (text, entries) in enumerate(zip(criteria, found, strict=True), 1):
        if not entries:
            _logger.warning("the judge left out criterion %d; it counts as inconclusive", number)
            entries = [CriterionVerdict(criterion=text, status="inconclusive")]
        decisions.append(min(entries, key=lambda entry: _STATUSES.index(entry.status)))
    outcomes: list[Outcome] = [_word(value, _OUTCOMES) or "inconclusive" for value in finish.verdicts]
    verdict = Verdict(
        outcome=min(outcomes, key=_OUTCOMES.index) if outcomes else "inconclusive",
        reasoning=_text(finish.reasoning) or summary(decisions),
        criteria=decisions,
    )
    if verdict.contradiction:
        _logger.warning("the judge contradicts itself: %s", verdict.contradiction)
        verdict.reasoning = f"{verdict.reasoning} {verdict.contradiction}"
    return verdict


def unreadable_verdict(criteria: Sequence[str], defect: str) -> Verdict:
    """Return the verdict of a judge that had to decide and gave no readable answer."""
    return Verdict(
        outcome="failure",
        reasoning=f"The judge gave no readable verdict, so nothing counts as met. Its last reply {defect}.",
        criteria=[CriterionVerdict(criterion=text, status="inconclusive") for text in criteria],
    )


def summary(decisions: Sequence[CriterionVerdict]) -> str:
    """Return the status of each criterion, in words."""
    return "\n".join(f"- {entry.criterion}: {entry.status}" for entry in decisions)


def _entry(value: Any, criterion: str, number: int) -> CriterionVerdict:
    fields = JsonObject([("status", value)]) if _status(value) else as_object(value) or JsonObject()
    statuses: list[Status] = [_status(given) or "inconclusive" for given in fields.all("status")]
    if not any(_status(given) for given in fields.all("status")):
        _logger.warning("the judge's status of criterion %d is unreadable; it counts as inconclusive", number)
    reasonings, evidence = fields.all("reasoning"), fields.all("evidence")
    return CriterionVerdict(
        criterion=criterion,
        status=min(statuses, key=_STATUSES.index) if statuses else "inconclusive",
        reasoning=_text(reasonings[-1]) if reasonings else "",
        evidence=_references(evidence[-1]) if evidence else [],
    )


def _status(value: Any) -> Status | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _word(value, _STATUSES)


def _word(value: Any, known: Sequence[_Word]) -> _Word | None:
    said = value.strip().lower() if isinstance(value, str) else None
    return next((word for word in known if word == said), None)


def _text(value: Any) -> str:
    return encodable(value.strip()) if isinstance(value, str) else ""


def _references(value: Any) -> list[str]:
    given = value if is_array(value) else [value]
    return [encodable(str(item)) for item in given if isinstance(item, (str, int)) and str(item).strip()]
