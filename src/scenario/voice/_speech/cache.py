"""The cache of synthesised speech: in memory, on request on disk, and one call for equal requests at once."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING

from scenario.voice._speech import disk_cache

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def key_of(*parts: str | None) -> str:
    """Return the SHA-256 of `parts`, from which no text can be read."""
    digest = hashlib.sha256()
    for part in parts:
        data = b"-" if part is None else b"+" + part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


class SpeechCache:
    """Keeps the audio that was used last. All threads and event loops of the process share it.

    Args:
        max_entries: how many pieces of audio are kept.
        max_bytes: how much they may hold together.
    """

    def __init__(self, max_entries: int = 64, max_bytes: int = 256 * 1024 * 1024) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._flights: dict[str, Future[bytes | None]] = {}
        self._lock = threading.Lock()

    async def get(self, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the audio of `key`; if there is none, one of those who ask at once calls `make`.

        If it raises, all of them get the error and nothing is kept; if it is cancelled, the next one calls.
        """
        while True:
            with self._lock:
                if (audio := self._entries.get(key)) is not None:
                    self._entries.move_to_end(key)
                    return audio
                flight = self._flights.get(key)
                if flight is None:
                    flight = self._flights[key] = Future()
                    flight.set_running_or_notify_cancel()  # a follower that is cancelled takes nobody along
                    break
            if (audio := await asyncio.wrap_future(flight)) is not None:
                return audio
        try:
            audio = await self._find_or_make(key, make)
        except BaseException as error:
            self._land(key)
            if isinstance(error, Exception):
                flight.set_exception(error)
            else:
                flight.set_result(None)
            raise
        self._land(key, audio)
        flight.set_result(audio)
        return audio

    def clear(self) -> None:
        """Forget everything in memory; the folder on disk stays as it is."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    async def _find_or_make(self, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        if (audio := await disk_cache.load(key)) is not None:
            return audio
        audio = await make()
        await disk_cache.save(key, audio)
        return audio

    def _land(self, key: str, audio: bytes | None = None) -> None:
        with self._lock:
            del self._flights[key]
            if audio is None or len(audio) > self._max_bytes:
                return
            self._entries[key] = audio
            self._size += len(audio)
            while len(self._entries) > self._max_entries or self._size > self._max_bytes:
                _, oldest = self._entries.popitem(last=False)
                self._size -= len(oldest)
