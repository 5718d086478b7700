"""Best-of-N: the same request in randomly changed copies (Hughes et al. 2024, arXiv:2412.03556)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._red_team.strategies.augmentation import augmented
from scenario._red_team.strategies.direct_request import DirectRequest, DirectRequestStrategy

if TYPE_CHECKING:
    from scenario._red_team.attack_source import AttackDesk


class BestOfNStrategy(DirectRequestStrategy):
    """Sends a new random copy of one request in each exchange.

    Args:
        sigma: strength of the changes, 0 to 1.
        request: the request; `None` lets the attacker's model write it, once.

    Raises:
        ValueError: `sigma` is out of range, or the request is blank.
    """

    def __init__(self, *, sigma: float = 0.4, request: str | None = None) -> None:
        if not 0.0 <= sigma <= 1.0:
            raise ValueError(f"sigma must be from 0 to 1, got {sigma!r}")
        super().__init__(request=request)
        self.sigma = sigma

    def begin(self) -> DirectRequest:
        """Return the copies of one run."""
        return _Copies(self)


class _Copies(DirectRequest):
    def __init__(self, strategy: BestOfNStrategy) -> None:
        super().__init__(strategy.request)
        self._sigma = strategy.sigma

    async def form(self, request: str, desk: AttackDesk) -> str:
        """Return a new copy."""
        return augmented(request, self._sigma, desk.rng)
