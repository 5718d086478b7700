"""Strategies by name: the built-in ones, and those that other packages bring.

A package registers its own under the entry point group `scenario.red_team_strategies`; the object is a
subclass of `RedTeamStrategy`, or a function without arguments that returns a strategy.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from scenario._red_team.strategy import RedTeamStrategy

GROUP = "scenario.red_team_strategies"

BUILT_IN = {
    "best_of_n": "BestOfNStrategy",
    "crescendo": "CrescendoStrategy",
    "goat": "GoatStrategy",
    "many_shot": "ManyShotStrategy",
    "pair": "PairStrategy",
    "tap": "TapStrategy",
}
"""Name to class; each is also the name of a factory of `RedTeamAgent`."""


def strategy_names() -> list[str]:
    """Return the names that can be used, in order."""
    return sorted({*BUILT_IN, *entry_points(group=GROUP).names})


def chosen_strategy(strategy: object) -> RedTeamStrategy:
    """Return the strategy that a test chose, by itself or by its name.

    Raises:
        ValueError: nobody registered the name.
        TypeError: it is no strategy, or what is registered is none.
    """
    named = _load(strategy) if isinstance(strategy, str) else strategy
    if not isinstance(named, RedTeamStrategy):
        raise TypeError(
            f"strategy must be an instance of RedTeamStrategy, or the name of one, got {strategy!r}"
            + ("" if named is strategy else f", which stands for {named!r}")
        )
    return named


def _load(name: str) -> object:
    if name in BUILT_IN:
        make: Any = getattr(import_module(f"scenario._red_team.strategies.{name}"), BUILT_IN[name])
    else:
        found = tuple(entry_points(group=GROUP, name=name))
        if not found:
            raise ValueError(
                f"there is no red-team strategy {name!r}; known are {', '.join(strategy_names())}. Other "
                f"packages add theirs with an entry point of the group {GROUP!r}."
            )
        make = found[0].load()
    return make() if callable(make) else make
