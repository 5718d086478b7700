"""What one judge call has to decide, and on what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scenario._judge.shapes import is_array


@dataclass(frozen=True, slots=True)
class Case:
    """The question of one judge call: all that decides its answer besides the evidence.

    Attributes:
        description: the scenario's description.
        criteria: the effective criteria.
        context: further observations handed over by a `judge()` step.
        forced: whether the call must end with a verdict.
        last_turn: whether no turn follows.
    """

    description: str
    criteria: tuple[str, ...]
    context: str | None = None
    forced: bool = False
    last_turn: bool = False


def checked_criteria(criteria: Any) -> list[str]:
    """Return a copy of the criteria.

    Raises:
        TypeError: `criteria` is not a list or tuple.
        ValueError: a criterion is not a string, or blank.
    """
    if isinstance(criteria, str):
        raise TypeError(f"criteria must be a list of strings; write criteria=[{criteria!r}]")
    if not is_array(criteria):
        raise TypeError(f"criteria must be a list of strings, got {criteria!r}")
    for number, text in enumerate(criteria, 1):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"criterion {number} must be a non-blank string, got {text!r}")
    return list(criteria)
