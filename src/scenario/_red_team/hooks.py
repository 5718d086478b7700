"""Calls the methods of a strategy, whose failures are told with the strategy and the exchange."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from scenario._red_team.strategy import AttackerOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario._red_team.attack_source import AttackDesk
    from scenario._red_team.strategy import RedTeamStrategy

_log = logging.getLogger("scenario")
T = TypeVar("T")


class StrategyError(RuntimeError):
    """A method of a strategy raised; the cause is its exception."""

    def __init__(self, strategy: RedTeamStrategy, method: str, exchange: int, cause: Exception) -> None:
        super().__init__(
            f"{type(strategy).__name__}.{method} failed in exchange {exchange}: "
            f"{type(cause).__name__}: {cause}"
        )


def template_variables(strategy: RedTeamStrategy, total_turns: int) -> Mapping[str, Any]:
    """Return the strategy's own placeholders of the plan prompt.

    Raises:
        StrategyError: the strategy raised.
    """
    try:
        return strategy.template_variables(total_turns)
    except Exception as error:
        raise StrategyError(strategy, "template_variables", 1, error) from error


def system_prompt(desk: AttackDesk) -> str:
    """Return the attacker's system prompt for the exchange that is due.

    Raises:
        StrategyError: the strategy raised, or returned no text.
    """
    try:
        returned = desk.strategy.build_system_prompt(
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
        prompt = _of_kind(str, returned)
    except Exception as error:
        raise StrategyError(desk.strategy, "build_system_prompt", desk.exchange, error) from error
    return f"{prompt}\n{_SPOKEN}" if desk.spoken else prompt


def parsed(desk: AttackDesk, raw: str) -> AttackerOutput:
    """Return an answer of the attacker, taken apart.

    Raises:
        StrategyError: the strategy raised, or returned something else.
    """
    try:
        return _of_kind(AttackerOutput, desk.strategy.parse_attacker_output(raw))
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


def phase_of(strategy: RedTeamStrategy, exchange: int, total_turns: int) -> tuple[str, bool]:
    """Return the name of an exchange's phase, and whether phases are stages.

    The name is empty if the strategy fails to tell.
    """
    try:
        return strategy.get_phase_name(exchange, total_turns), strategy.phase_kind == "staged"
    except Exception as error:  # noqa: BLE001 - code of the test's author, needed for telemetry only
        _log.warning("%s.get_phase_name failed: %r", type(strategy).__name__, error)
        return "", True


def _of_kind(kind: type[T], returned: object) -> T:
    """Return what a method of the test's author returned, which need not be what its signature says."""
    if not isinstance(returned, kind):
        raise TypeError(f"expected it to return {kind.__name__}, got {returned!r}")
    return returned


_SPOKEN = "The message will be read aloud: natural spoken sentences, no lists, symbols or formatting."
