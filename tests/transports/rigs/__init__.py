"""One file per adapter; each exports `RIGS`, and the contract suite finds it.

`FURTHER` rigs are other modes of the same adapter. `make contract` plays all of them; `make test` plays
one mode of each, because every rig takes half a minute.
"""

from __future__ import annotations

import os
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.transports.contract.rig import Rig


def all_rigs() -> list[Rig]:
    """Return the rigs of every file in this folder; further modes only where they are asked for."""
    names = sorted(module.name for module in iter_modules(__path__))
    files = [import_module(f"{__name__}.{name}") for name in names]
    further = os.environ.get("CONTRACT_MODES") == "all"
    return [rig for file in files for rig in [*file.RIGS, *(getattr(file, "FURTHER", []) if further else [])]]
