"""One file per adapter; each exports `RIGS`, and the contract suite finds it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.transports.contract.rig import Rig


def all_rigs() -> list[Rig]:
    """Return the rigs of every file in this folder."""
    names = sorted(module.name for module in iter_modules(__path__))
    return [rig for name in names for rig in import_module(f"{__name__}.{name}").RIGS]
