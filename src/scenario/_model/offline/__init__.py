"""`offline/players`: a deterministic chat model that plays user, judge, attacker or scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._model.offline.players import answer

__all__ = ["answer"]


def __getattr__(name: str) -> Any:
    if name == "answer":
        from scenario._model.offline.players import answer

        return answer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
