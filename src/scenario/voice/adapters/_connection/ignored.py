"""What a peer sends and nobody uses: one line at DEBUG per kind, so that an unknown protocol can be seen."""

from __future__ import annotations

import logging

_logger = logging.getLogger("scenario.voice")
_MOST_KINDS = 100
_LONGEST_KIND = 80


class Ignored:
    """The kinds that one connection has ignored.

    Args:
        name: of the adapter.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._kinds: set[str] = set()

    def note(self, kind: str) -> None:
        """Tell of a kind when it is ignored for the first time."""
        kind = kind[:_LONGEST_KIND]
        if kind not in self._kinds and len(self._kinds) < _MOST_KINDS:
            self._kinds.add(kind)
            _logger.debug("%s: ignored %s of the peer", self._name, kind)
