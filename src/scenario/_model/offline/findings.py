"""How sure a search for one claim ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Certainty = Literal["found", "unclear", "absent"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a thing was found in the evidence.

    Attributes:
        certainty: `absent` only when the thing could be recognised and is not there.
        reason: why, as the end of a sentence.
        labels: where, `"#3"` or a span's id.
        position: when it happened first; -1 when it did not.
    """

    certainty: Certainty
    reason: str
    labels: tuple[str, ...] = ()
    position: int = -1


def found(reason: str, labels: Iterable[str], position: int = -1) -> Finding:
    """Return a finding that the thing is there."""
    return Finding("found", reason, tuple(dict.fromkeys(labels))[:5], position)


def unclear(reason: str, labels: Iterable[str] = ()) -> Finding:
    """Return a finding that cannot be decided."""
    return Finding("unclear", reason, tuple(dict.fromkeys(labels))[:5])


def absent(reason: str, labels: Iterable[str] = ()) -> Finding:
    """Return a finding that the thing is not there."""
    return Finding("absent", reason, tuple(dict.fromkeys(labels))[:5])
