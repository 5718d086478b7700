"""What is found out about a response: whether, and how surely, it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RefusalKind: TypeAlias = Literal["hard", "soft", "none"]

CERTAIN = 0.9
"""Confidence from which a finding stands without asking a model."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding on one response.

    Attributes:
        kind: `"hard"` declines and gives nothing, `"soft"` is reluctant or gives something all the same.
        confidence: 0 to 1.
        span: the words that decided, in lower case; empty without.
        source: who decided: the rules, the scoring model, or a detector of the test's author.
    """

    kind: RefusalKind
    confidence: float
    span: str = ""
    source: Literal["rules", "model", "custom"] = "rules"

    @property
    def is_certainly_hard(self) -> bool:
        """Whether it is a hard refusal beyond doubt."""
        return self.kind == "hard" and self.confidence >= CERTAIN
