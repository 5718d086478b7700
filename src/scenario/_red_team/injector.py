"""Draws whether, and how, an attack is encoded before it is sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._red_team.encoded_text import looks_encoded

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from scenario._red_team.encoders import AttackTechnique

_log = logging.getLogger("scenario")


@dataclass(frozen=True, slots=True)
class Injection:
    """What a draw gave.

    Attributes:
        text: the message as it is sent.
        technique: name of the encoder; `None` when the message is sent as it was.
    """

    text: str
    technique: str | None = None


class Injector:
    """Encodes attacks at random.

    Args:
        probability: chance for each attack, 0 to 1.
        techniques: the encoders, drawn uniformly.
        rng: the run's generator.
    """

    def __init__(self, probability: float, techniques: Sequence[AttackTechnique], rng: random.Random) -> None:
        self._probability = probability
        self._techniques = tuple(techniques)
        self._rng = rng

    def draw(self, message: str) -> Injection:
        """Return the message, encoded if the draw says so; an encoder that fails changes nothing."""
        if not self._techniques or self._rng.random() >= self._probability:
            return Injection(message)
        if looks_encoded(message):
            return Injection(message)
        technique = self._rng.choice(self._techniques)
        try:
            return Injection(technique.transform(message), technique.name)
        except Exception as error:  # noqa: BLE001 - code of the test's author; the attack goes on without it
            _log.warning("%s.transform failed, the attack is sent plain: %r", type(technique).__name__, error)
            return Injection(message)
