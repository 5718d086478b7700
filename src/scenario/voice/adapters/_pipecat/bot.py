"""What the adapter needs of a connection to a bot, whatever carries it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.errors import VoiceTransportError

_logger = logging.getLogger("scenario.voice")


class Bot(Protocol):
    """One connection; the next one is another object."""

    inbox: Inbox

    @property
    def error(self) -> VoiceTransportError | None:
        """Why the connection ended, if it did so before `close()`."""
        ...

    async def open(self) -> None:
        """Connect, or raise a `VoiceTransportError` that says what is wrong."""
        ...

    async def play(self, pcm: bytes) -> None:
        """Send canonical audio at its pace."""
        ...

    async def flush(self) -> None:
        """Send what the converter has kept."""
        ...

    async def close(self) -> None:
        """Say goodbye and leave nothing behind; never raises."""
        ...


class Unknown:
    """Notes what a bot sends and we do not use: one DEBUG line for each kind."""

    def __init__(self) -> None:
        self._kinds: set[str] = set()

    def note(self, kind: str) -> None:
        """Something of `kind` came."""
        if kind not in self._kinds and len(self._kinds) < 100:
            self._kinds.add(kind)
            _logger.debug("PipecatAgentAdapter: the bot sent %.80s, which is ignored", kind)


def fields(value: Any) -> dict[str, Any]:
    """Return a JSON object as it is, and an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
