"""Messages that a rollback took out of the conversation: still evidence of what the agent did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scenario._judge.digest.sharing import fair_share
from scenario._judge.digest.text import shorten, size
from scenario._judge.transcript import transcript_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message

_LIMIT = 4 * 16_000  # bytes: 16,000 estimated tokens
_SHORTEST = 200  # bytes kept of a line at least; what still does not fit is dropped, oldest first


class Rollback(Protocol):
    """Messages taken back: the turn in progress then, their position, themselves."""

    @property
    def turn(self) -> int: ...
    @property
    def index(self) -> int: ...
    @property
    def messages(self) -> list[Message]: ...


def withdrawn_lines(rollbacks: Sequence[Rollback]) -> list[str]:
    """Return one line per withdrawn message, each marked as such, within 16,000 estimated tokens.

    Numbers run over all rollbacks, as `#w1`, `#w2`, so that a verdict can refer to them.
    """
    lines: list[str] = []
    for rollback in rollbacks:
        for position, line in enumerate(transcript_lines(rollback.messages), rollback.index + 1):
            place = f"in turn {rollback.turn + 1}, was #{position}"
            lines.append(f"#w{len(lines) + 1} (withdrawn by the test {place}) {line}")
    return _within_limit(lines)


def _within_limit(lines: list[str]) -> list[str]:
    kept = lines[-(_LIMIT // _SHORTEST) :]
    share = fair_share([size(line) for line in kept], _LIMIT)
    shown = [shorten(line, share) for line in kept]
    if len(kept) == len(lines):
        return shown
    return [f"({len(lines) - len(kept)} older withdrawn messages are not shown)", *shown]
