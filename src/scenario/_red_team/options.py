"""What a red-team run is set to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.encoders import AttackTechnique
    from scenario._red_team.evaluator import RefusalDetector
    from scenario._red_team.strategy import RedTeamStrategy


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a run; the meanings are those of `RedTeamAgent`.

    Raises:
        TypeError: a value is of the wrong kind.
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
        target: Any = self.target
        if not isinstance(target, str):
            raise TypeError(f"target must be a text, got {target!r}")
        if not self.target.strip():
            raise ValueError(f"target must say what the attacker tries to achieve, got {self.target!r}")
        for name, least in (
            ("total_turns", 1),
            ("success_confirm_turns", 1),
            ("max_backtracks", 0),
            ("max_attacker_retries", 0),
            ("history_token_limit", 1),
        ):
            refuse_no_number(name, getattr(self, name), least)
        if self.success_score is not None:
            refuse_no_number("success_score", self.success_score, 0)
            if self.success_score > 10:
                raise ValueError(f"success_score must be from 0 to 10, or None, got {self.success_score!r}")
        if self.refusal_detector is not None and not callable(self.refusal_detector):
            raise TypeError(f"refusal_detector must be a function, got {self.refusal_detector!r}")
        if isinstance(self.injection_probability, bool | str):
            raise TypeError(f"injection_probability must be a number, got {self.injection_probability!r}")
        if not 0.0 <= self.injection_probability <= 1.0:
            raise ValueError(f"injection_probability must be from 0 to 1, got {self.injection_probability!r}")
        if self.injection_probability > 0 and not self.techniques:
            raise ValueError(
                "injection_probability above 0 needs techniques; pass some, or None for the default ones"
            )


def refuse_no_number(name: str, value: Any, least: int) -> None:
    """Refuse what is no integer, or too small.

    Raises:
        TypeError: it is no integer.
        ValueError: it is below `least`.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
