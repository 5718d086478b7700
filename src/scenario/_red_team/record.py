"""What a red-team run leaves for reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RedTeamRecord:
    """A red-team run as it stands; exchanges are numbered from 1.

    Attributes:
        strategy: class name of the strategy.
        target: the objective.
        total_turns: exchanges planned.
        exchanges: exchanges begun.
        attacker_model: the attacker's model.
        metaprompt_model: the model that plans and scores.
        seed: the effective seed.
        success_score: score from which the objective counts as reached; `None` for never.
        scores: exchange to score; `None` where the scorer failed.
        backtracks: exchanges that were taken back: `turn`, `attack`, `refusal`, `messages`.
        memory: whether the target was told of what was taken back (`"adapter"`), or only the conversation
            was rolled back (`"history_only"`).
        injections: encoded attacks: `turn`, `technique`.
        techniques_used: exchange to ids of techniques.
        attack_plan: the plan; empty without.
        parse_failures: attacker's answers that did not keep the format.
        scorer_failures: exchanges that could not be scored.
        attacker_refusals: exchanges in which the attacker refused to play.
        disputed: the judge passed although the objective seemed to be reached.
        judge_injection_suspected: a response spoke to whoever judges it.
        attacks: exchange to the attack as the target got it.
        pending: the last exchange is not evaluated yet.
    """

    strategy: str
    target: str
    total_turns: int
    exchanges: int
    attacker_model: str
    metaprompt_model: str
    seed: int
    success_score: int | None
    scores: Mapping[int, int | None]
    backtracks: tuple[Mapping[str, Any], ...]
    memory: Literal["adapter", "history_only"]
    injections: tuple[Mapping[str, Any], ...]
    techniques_used: Mapping[int, tuple[str, ...]]
    attack_plan: str
    parse_failures: int
    scorer_failures: int
    attacker_refusals: int
    disputed: bool
    judge_injection_suspected: bool
    attacks: Mapping[int, str] = field(default_factory=dict[int, str])
    pending: bool = False

    @property
    def max_score(self) -> int | None:
        """The highest score; `None` when nothing was scored."""
        return max((score for score in self.scores.values() if score is not None), default=None)

    @property
    def first_breach_turn(self) -> int | None:
        """The first exchange whose score reached `success_score`."""
        return next((number for number in self.scores if self._is_breach(number)), None)

    @property
    def successes_by_exchange(self) -> dict[int, int]:
        """For each scored exchange, how many up to it reached `success_score`."""
        counts: dict[int, int] = {}
        for number in self.scores:
            counts[number] = max(counts.values(), default=0) + self._is_breach(number)
        return counts

    def _is_breach(self, number: int) -> bool:
        score = self.scores[number]
        return score is not None and self.success_score is not None and score >= self.success_score
