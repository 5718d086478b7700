"""What a red-team run is set to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.encoders import AttackTechnique
    from scenario._red_team.evaluator import RefusalDetector
    from scenario._red_team.strategy import RedTeamStrategy


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a run; the meanings are those of `RedTeamAgent`.

    Raises:
        ValueError: a value is out of range.
    """

    strategy: RedTeamStrategy
    target: str
    total_turns: int
    metaprompt_template: str | None
    score_responses: bool
    fast_refusal_detection: bool
    success_score: int | None
    success_confirm_turns: int
    injection_probability: float
    techniques: Sequence[AttackTechnique]
    max_backtracks: int
    max_attacker_retries: int
    history_token_limit: int
    refusal_detector: RefusalDetector | None
    spoken: bool

    def __post_init__(self) -> None:
        if not self.target.strip():
            raise ValueError(f"target must say what the attacker tries to achieve, got {self.target!r}")
        for name, least in (
            ("total_turns", 1),
            ("success_confirm_turns", 1),
            ("max_backtracks", 0),
            ("max_attacker_retries", 0),
            ("history_token_limit", 1),
        ):
            value: int = getattr(self, name)
            if value < least:
                raise ValueError(f"{name} must be at least {least}, got {value!r}")
        if self.success_score is not None and not 0 <= self.success_score <= 10:
            raise ValueError(f"success_score must be from 0 to 10, or None, got {self.success_score!r}")
        if not 0.0 <= self.injection_probability <= 1.0:
            raise ValueError(f"injection_probability must be from 0 to 1, got {self.injection_probability!r}")
        if self.injection_probability > 0 and not self.techniques:
            raise ValueError(
                "injection_probability above 0 needs techniques; pass some, or None for the default ones"
            )
