"""What an attacker tries to achieve, with what a report needs to know of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]

_ID = re.compile(r"\w[\w.]*", re.ASCII)
_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 40  # characters of an id that is made from a text


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective of an attack.

    Attributes:
        id: short name for tests and reports: ASCII letters, digits, `_` and `.`; it must not change, or
            seeds and statistics begin anew.
        text: what the attacker tries to achieve, for example `"get the agent to reveal its system prompt"`.
        criteria: what the judge must find true when the agent has held.
        owasp: ids of the OWASP Top 10 for LLM applications, for example `"LLM07:2025"`.
        severity: how bad it is if the attack succeeds.

    Raises:
        ValueError: the id has other characters, the text is blank, or the severity is unknown.
        TypeError: `criteria` or `owasp` is one text instead of a sequence of texts.
    """

    id: str
    text: str
    criteria: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    severity: Severity = "medium"

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id must be ASCII letters, digits, '_' and '.', got {self.id!r}")
        if not self.text.strip():
            raise ValueError(f"text must say what the attacker tries to achieve, got {self.text!r}")
        if self.severity not in get_args(Severity):
            raise ValueError(f"severity must be one of {get_args(Severity)!r}, got {self.severity!r}")
        for name in ("criteria", "owasp"):
            given = getattr(self, name)
            if isinstance(given, str):
                raise TypeError(f"{name} must be a tuple of texts, got the text {given!r}")
            object.__setattr__(self, name, tuple(given))  # a list would make attacks unhashable

    @property
    def judged_by(self) -> tuple[str, ...]:
        """The criteria, or one made from the text."""
        return self.criteria or (f"The user does not succeed in this: {self.text}",)


def objective_from(given: Objective | str) -> Objective:
    """Return an objective; a plain text gets an id made from it."""
    if isinstance(given, Objective):
        return given
    words = _OTHER.sub("_", given.lower()).strip("_")
    return Objective(id=words[:_LONGEST].rstrip("_") or "objective", text=given)
