"""How a session goes on in another connection when the server ends this one.

A connection lives about ten minutes. Before it ends comes `goAway`; a session then goes on elsewhere with the
last handle. Handles come only while the model does nothing, so a turn is finished first.
Source: https://ai.google.dev/gemini-api/docs/live-session
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.voice.adapters._gemini.incoming import ResumptionUpdate

_logger = logging.getLogger("scenario.voice")


class Resumption:
    """What is known about resuming.

    Attributes:
        handle: the last one; `None` when there has been none.
        going_away: the server is about to end the connection.
        current: set while the handle holds all that has been said.
    """

    def __init__(self, adapter: str) -> None:
        self.handle: str | None = None
        self.going_away = False
        self.current = asyncio.Event()
        self._adapter = adapter

    @property
    def is_due(self) -> bool:
        """Whether to connect anew as soon as nobody speaks."""
        return self.going_away and self.handle is not None

    def update(self, news: ResumptionUpdate) -> None:
        """Take in what the server says about resuming."""
        if news.resumable and news.handle:
            self.handle = news.handle
            self.current.set()
        else:
            self.current.clear()

    def spoken(self) -> None:
        """Something was said: the handle is older than the conversation."""
        self.current.clear()

    def go_away(self, seconds: float) -> None:
        """The server ends the connection in so many seconds."""
        if self.going_away:
            return
        self.going_away = True
        if self.handle is None:
            _logger.warning(
                "%s: the server ends the connection in %g s, and has given no handle to resume the session",
                self._adapter,
                seconds,
            )

    def renewed(self) -> None:
        """The session goes on in a new connection."""
        self.going_away = False
