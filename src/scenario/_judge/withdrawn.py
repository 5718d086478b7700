"""Messages that a rollback took out of the conversation: still evidence of what the agent did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scenario._judge.transcript import transcript_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message


class Rollback(Protocol):
    """Messages taken back: the turn in progress then, their position, themselves."""

    @property
    def turn(self) -> int: ...
    @property
    def index(self) -> int: ...
    @property
    def messages(self) -> list[Message]: ...


def withdrawn_lines(rollbacks: Sequence[Rollback]) -> list[str]:
    """Return one line per withdrawn message, whole and marked as such: what was taken back may be the leak.

    Numbers run over all rollbacks, as `#w1`, `#w2`, so that a verdict can refer to them.
    """
    lines: list[str] = []
    for rollback in rollbacks:
        for position, line in enumerate(transcript_lines(rollback.messages), rollback.index + 1):
            place = f"in turn {rollback.turn + 1}, was #{position}"
            lines.append(f"#w{len(lines) + 1} (withdrawn by the test {place}) {line}")
    return lines
