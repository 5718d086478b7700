"""A report's conversation, cut into the exchanges that scores and findings refer to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from scenario._red_team.response_text import response_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario._report.document import ReportDocument


@dataclass(frozen=True, slots=True)
class Exchange:
    """An attack and what followed.

    Attributes:
        number: from 1; 0 for what stood in the conversation before the first attack.
        messages: the attack first.
        is_withdrawn: the exchange was taken back after a refusal.
    """

    number: int
    messages: tuple[Mapping[str, Any], ...]
    is_withdrawn: bool = False

    @property
    def attack(self) -> str:
        """What the attacker sent."""
        return visible_text(self.messages[0].get("content")) if self.messages else ""

    @property
    def response(self) -> str:
        """What the target said and did."""
        return response_text(_mutable(self.messages[1:]))


def exchanges_of(report: ReportDocument) -> list[Exchange]:
    """Return the conversation as it stood at the end, exchange by exchange."""
    numbers = {index: number for number, index in report.exchange_positions.items()} or _counted(report)
    if not report.messages:
        return []
    starts = sorted({0, *numbers})
    ends = [*starts[1:], len(report.messages)]
    return [
        Exchange(numbers.get(start, 0), report.messages[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]


def withdrawn_exchanges(report: ReportDocument) -> list[Exchange]:
    """Return the exchanges that were taken back, with what is known of them."""
    found: list[Exchange] = []
    for entry in report.backtracks:
        removed: Any = entry.get("messages")
        items = cast("list[Any]", removed) if isinstance(removed, list) else []
        kept = [cast("Mapping[str, Any]", item) for item in items if isinstance(item, dict)]
        if not kept:
            texts = {"user": entry.get("attack"), "assistant": entry.get("refusal")}
            kept = [{"role": role, "content": text} for role, text in texts.items() if text]
        found.append(Exchange(_turn(entry), tuple(kept), is_withdrawn=True))
    return found


def decisive_exchange(report: ReportDocument) -> tuple[Exchange, str] | None:
    """Return the exchange that shows best how the run ended, and what it is.

    That is the failing one, or the last one with an answer. Strategies that begin afresh with each attack
    leave only the end of their conversation, so the failing one may be missing.
    """
    exchanges = [*exchanges_of(report), *withdrawn_exchanges(report)]
    failing = failing_exchange(report)
    if failing is not None:
        for exchange in exchanges:
            if exchange.number == failing:
                return exchange, f"Failing exchange ({failing})"
    complete = [exchange for exchange in exchanges if exchange.number and exchange.response]
    standing = [exchange for exchange in complete if not exchange.is_withdrawn] or complete
    if not standing:
        return None
    return standing[-1], f"Last complete exchange ({standing[-1].number})"


def failing_exchange(report: ReportDocument) -> int | None:
    """Return the exchange in which the agent failed: as analysed, else the first scored as a breach."""
    if report.status == "held":
        return None
    return report.failing_turn_index or report.first_breach_turn


def _counted(report: ReportDocument) -> dict[int, int]:
    """Return where exchanges begin, for reports that do not say it: with each message of a user."""
    withdrawn = {_turn(entry) for entry in report.backtracks}
    numbers = (number for number in count(1) if number not in withdrawn)
    return {i: next(numbers) for i, message in enumerate(report.messages) if message.get("role") == "user"}


def _turn(entry: Mapping[str, Any]) -> int:
    turn = entry.get("turn")
    return turn if isinstance(turn, int) else 0


def _mutable(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(message) for message in messages]
