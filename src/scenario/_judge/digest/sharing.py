"""How a bounded room is shared: nobody gets more than needed, and what is left goes to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def fair_share(sizes: Sequence[int], room: int) -> int:
    """Return the largest size such that all `sizes`, each cut to it, fit into `room`."""
    for rank, wanted in enumerate(sorted(sizes)):
        share = max(room, 0) // (len(sizes) - rank)
        if wanted > share:
            return share
        room -= wanted
    return max(sizes, default=0)
