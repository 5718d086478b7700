"""Red-team attacks on an agent under test: strategies, techniques, and the state of a run.

The names below are resolved at first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._red_team.encoders import DEFAULT_TECHNIQUES, EXTENDED_TECHNIQUES, AttackTechnique
    from scenario._red_team.record import RedTeamRecord
    from scenario._red_team.strategies.crescendo import CrescendoStrategy
    from scenario._red_team.strategies.goat import GoatStrategy
    from scenario._red_team.strategy import AttackerOutput, RedTeamStrategy
    from scenario._red_team.techniques import DEFAULT_GOAT_TECHNIQUES, PAPER_GOAT_TECHNIQUES, Technique

_HOMES = {
    "AttackTechnique": "encoders",
    "AttackerOutput": "strategy",
    "CrescendoStrategy": "strategies.crescendo",
    "DEFAULT_GOAT_TECHNIQUES": "techniques",
    "DEFAULT_TECHNIQUES": "encoders",
    "EXTENDED_TECHNIQUES": "encoders",
    "GoatStrategy": "strategies.goat",
    "PAPER_GOAT_TECHNIQUES": "techniques",
    "RedTeamRecord": "record",
    "RedTeamStrategy": "strategy",
    "Technique": "techniques",
}

__all__ = [
    "DEFAULT_GOAT_TECHNIQUES",
    "DEFAULT_TECHNIQUES",
    "EXTENDED_TECHNIQUES",
    "PAPER_GOAT_TECHNIQUES",
    "AttackTechnique",
    "AttackerOutput",
    "CrescendoStrategy",
    "GoatStrategy",
    "RedTeamRecord",
    "RedTeamStrategy",
    "Technique",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
