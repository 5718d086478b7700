"""Calls the methods of a strategy, whose failures are told with the strategy and the exchange."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario._red_team.attack_source import AttackDesk
    from scenario._red_team.strategy import AttackerOutput, RedTeamStrategy

_log = logging.getLogger("scenario")


class StrategyError(RuntimeError):
    """A method of a strategy raised; the cause is its exception."""

    def __init__(self, strategy: RedTeamStrategy, method: str, exchange: int, cause: Exception) -> None:
        super().__init__(
            f"{type(strategy).__name__}.{method} failed in exchange {exchange}: "
            f"{type(cause).__name__}: {cause}"
        )


def system_prompt(desk: AttackDesk) -> str:
    """Return the attacker's system prompt for the exchange that is due.

    Raises:
        StrategyError: the strategy raised.
    """
    try:
        prompt = desk.strategy.build_system_prompt(
            desk.target,
            desk.exchange,
            desk.total_turns,
            desk.description,
            desk.plan,
            scores=dict(desk.scores),
            last_refusal=desk.last_refusal,
            backtracks_left=desk.backtracks_left,
            rng=desk.rng,
        )
    except Exception as error:
        raise StrategyError(desk.strategy, "build_system_prompt", desk.exchange, error) from error
    return f"{prompt}\n{_SPOKEN}" if desk.spoken else prompt


def parsed(desk: AttackDesk, raw: str) -> AttackerOutput:
    """Return an answer of the attacker, taken apart.

    Raises:
        StrategyError: the strategy raised.
    """
    try:
        return desk.strategy.parse_attacker_output(raw)
    except Exception as error:
        raise StrategyError(desk.strategy, "parse_attacker_output", desk.exchange, error) from error


def technique_ids(strategy: RedTeamStrategy, output: AttackerOutput) -> tuple[str, ...]:
    """Return the techniques that an answer names; a strategy that fails to tell names none."""
    if output.technique_ids:
        return output.technique_ids
    try:
        return tuple(strategy.chosen_technique_ids(output.strategy))
    except Exception as error:  # noqa: BLE001 - code of the test's author, needed for telemetry only
        _log.warning("%s.chosen_technique_ids failed: %r", type(strategy).__name__, error)
        return ()


def phase_name(strategy: RedTeamStrategy, exchange: int, total_turns: int) -> str:
    """Return the name of an exchange's phase; empty if the strategy fails to tell."""
    try:
        return strategy.get_phase_name(exchange, total_turns)
    except Exception as error:  # noqa: BLE001 - code of the test's author, needed for telemetry only
        _log.warning("%s.get_phase_name failed: %r", type(strategy).__name__, error)
        return ""


_SPOKEN = "The message will be read aloud: natural spoken sentences, no lists, symbols or formatting."
