"""What has come from the peer and has not been received yet."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SECOND, AudioChunk

if TYPE_CHECKING:
    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import VoiceTransportError

_logger = logging.getLogger("scenario.voice")

CAPACITY_SECONDS = 120
_CAPACITY = CAPACITY_SECONDS * BYTES_PER_SECOND


class Inbox:
    """A queue of audio and turn ends that one reader fills and `recv_audio` empties.

    It holds 120 s of audio; beyond that the oldest is dropped, with one WARNING and one `transport_error`
    on the timeline. A new connection gets a new inbox, so that nothing of the last one is left.

        self._inbox = Inbox(self)
        self._inbox.put_audio(pcm)       # in the reader; likewise end_turn(), put_error(), fail()
        return await self._inbox.take(timeout)       # the whole of recv_audio
    """

    def __init__(self, adapter: VoiceAgentAdapter) -> None:
        self._adapter = adapter
        self._items: deque[AudioChunk | Exception] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._overflowed = False
        self.error: VoiceTransportError | None = None
        """Why nothing more will come."""

    def put_audio(self, pcm: bytes, transcript: str | None = None) -> None:
        """Add canonical audio; `transcript` is the text that is spoken in it."""
        if not pcm and not transcript:
            return
        chunk = AudioChunk(pcm[-_CAPACITY:], transcript=transcript)
        self._items.append(chunk)
        self._bytes += len(chunk.data)
        if self._bytes > _CAPACITY:
            self._drop_oldest()
        self._arrived.set()

    def end_turn(self) -> None:
        """Add the end of the agent's turn: an empty chunk."""
        self._items.append(AudioChunk(b""))
        self._arrived.set()

    def put_error(self, error: Exception) -> None:
        """Have `error` raised once, in its place among the audio; the connection goes on."""
        self._items.append(error)
        self._arrived.set()

    def fail(self, error: VoiceTransportError) -> None:
        """End the inbox: what came before is still given out, then `error` is raised, now and for ever."""
        if self.error is None:
            self.error = error
        self._arrived.set()

    def drop_audio(self) -> None:
        """Forget audio that nobody has taken, because the agent was stopped; ends of turns stay."""
        self._items = deque(item for item in self._items if isinstance(item, Exception) or not item.data)
        self._bytes = 0

    def raise_if_failed(self) -> None:
        """Raise the error that ended the inbox, for those who send."""
        if self.error is not None:
            raise self.error.with_traceback(None)  # raised many times; its traceback must not grow

    async def take(self, timeout: float) -> AudioChunk:
        """Return the next audio, or an empty chunk for the end of a turn.

        The clock is not held: waiting for a peer that owes nothing must not keep virtual time from passing.

        Args:
            timeout: seconds on the adapter's clock.

        Raises:
            TimeoutError: nothing came in time.
            VoiceTransportError: the connection is over.
        """
        if (item := self._next()) is None:
            async with self._adapter.clock.timeout(timeout):
                while (item := self._next()) is None:
                    self._arrived.clear()
                    await self._arrived.wait()
        if isinstance(item, Exception):
            raise item
        return item

    def _next(self) -> AudioChunk | Exception | None:
        if not self._items:
            self.raise_if_failed()
            return None
        item = self._items.popleft()
        if isinstance(item, AudioChunk):
            self._bytes -= len(item.data)
        return item

    def _drop_oldest(self) -> None:
        kept: deque[AudioChunk | Exception] = deque()
        while self._bytes > _CAPACITY:
            item = self._items.popleft()
            if isinstance(item, AudioChunk) and item.data:
                self._bytes -= len(item.data)
            else:
                kept.append(item)
        self._items.extendleft(reversed(kept))
        if self._overflowed:
            return
        self._overflowed = True
        name = type(self._adapter).__name__
        _logger.warning(
            "%s: more than %d s of the agent's audio wait to be received; the oldest is dropped",
            name,
            CAPACITY_SECONDS,
        )
        self._adapter.line.notice(
            "transport_error",
            metadata={"adapter": name, "error": f"over {CAPACITY_SECONDS} s of audio unreceived: dropped"},
        )
