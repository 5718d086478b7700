"""Attack success rates as a table of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._campaign.result import SuccessRate

_HEAD = (
    "objective", "strategy", "broke", "held", "inconclusive", "errored", "success rate", "95 % interval",
    "success at k",
)  # fmt: skip
_MOST_K = 5  # columns would grow without end


def table(rates: Sequence[SuccessRate]) -> str:
    """Return one line per objective and strategy, under a head."""
    rows = [_HEAD, *map(_row, rates)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(rate: SuccessRate) -> tuple[str, ...]:
    lower, upper = rate.interval
    success_at = rate.success_at
    return (
        rate.objective_id,
        rate.strategy,
        *(str(rate.count(outcome)) for outcome in ("broke", "held", "inconclusive", "errored")),
        "-" if rate.rate is None else f"{rate.rate:.0%}",
        f"{lower:.0%} to {upper:.0%}",
        ", ".join(f"{k}: {success_at[k]:.0%}" for k in _shown(rate.attempts)) or "-",
    )


def _shown(attempts: int) -> list[int]:
    """Return the k that are shown: all of few, else powers of two and the last."""
    if attempts <= _MOST_K:
        return list(range(1, attempts + 1))
    powers = [2**power for power in range(attempts.bit_length()) if 2**power < attempts]
    return [*powers, attempts]
