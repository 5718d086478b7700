"""Keywords that would silently become parameters of the attacker's model, although they were meant for us."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from scenario._red_team.registry import BUILT_IN
from scenario._spelling import warn_about_misspelt_keywords

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.red_team_agent import RedTeamAgent


def warn_about_keywords(agent: type[RedTeamAgent], given: Iterable[str]) -> None:
    """Emit a `UserWarning` for each misspelt keyword, and for each that only another factory takes.

    Args:
        agent: the class with the constructor and the factories.
        given: keywords that the constructor does not know.
    """
    own = agent.__init__.__kwdefaults__ or {}
    of_factories = {
        name: factory for factory in BUILT_IN for name in _keywords_of(agent, factory) if name not in own
    }
    for name in given:
        if name in of_factories:
            warnings.warn(
                f"{agent.__name__} passes {name!r} to the model; it is a parameter of "
                f"{agent.__name__}.{of_factories[name]}() alone",
                UserWarning,
                stacklevel=3,
            )
    warn_about_misspelt_keywords(agent.__name__, given, [*own, *of_factories], stacklevel=4)


def _keywords_of(agent: type[RedTeamAgent], factory: str) -> Iterable[str]:
    return getattr(agent, factory).__func__.__kwdefaults__ or ()
