"""Plays a run aloud, without ever making it wait."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import SAMPLE_RATE, silent_chunk
from scenario.voice._playback.live_mix import LiveMix
from scenario.voice._playback.outputs import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._playback.outputs import Output

_logger = logging.getLogger(__name__)

_DELAY = 0.2  # seconds behind media time: pieces of both tracks come up to 150 ms after theirs
_CUSHION = 0.1  # seconds of silence that the device gets first, so that it does not run dry
_STEP = 0.05  # seconds between writes
_GRACE = 3.0  # seconds that playing may go on after `close`: what is kept, and the device's own buffer


class Player:
    """Plays both tracks of a run, added up, on the default output, from a thread of its own.

    A device that is missing, fails, or takes nothing is one line at DEBUG and costs the run nothing; what it
    does not take within two seconds is dropped.

    Args:
        outputs: what to try in turn: a name, and what opens it or raises.
        grace: seconds that playing may go on after `close`.
    """

    def __init__(
        self, outputs: Iterable[tuple[str, Callable[[], Output]]] | None = None, *, grace: float = _GRACE
    ) -> None:
        self._outputs = outputs
        self._grace = grace
        self._mix = LiveMix()
        self._ends: dict[str | None, int] = {}
        self._lock = threading.Lock()  # of the mix
        self._closing = threading.Event()
        self._output: Output | None = None
        self._thread: threading.Thread | None = None
        self._origin: float | None = None
        """When media time 0 was, by the monotonic clock; known with the first piece."""

    def start(self) -> None:
        """Open the device, in the thread; else the first piece does."""
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._play, name="scenario-playback", daemon=True)
            self._thread.start()

    def feed(self, chunk: AudioChunk) -> None:
        """Have a piece of a track played; returns at once.

        Args:
            chunk: as placed on its track, with `speaker` and `start_time`. Without `start_time` it follows
                the speaker's previous one.
        """
        if self._closing.is_set() or not chunk.data:
            return
        if chunk.start_time is None:
            start = self._ends.get(chunk.speaker, 0)
        else:
            start = round(chunk.start_time * SAMPLE_RATE)
        self._ends[chunk.speaker] = end = start + len(chunk.data) // 2
        with self._lock:
            self._mix.add(start, chunk.data)
            if self._origin is None:
                self._origin = time.monotonic() - end / SAMPLE_RATE
        self.start()

    def close(self) -> None:
        """Play the rest and end; returns at once, and the thread ends within `grace` seconds and a bit."""
        if self._closing.is_set():
            return
        self._closing.set()
        if self._thread is not None:
            watchdog = threading.Thread(target=self._watch, name="scenario-playback-end", daemon=True)
            watchdog.start()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of playing after `close`, and return whether it has come."""
        if self._thread is not None:
            self._thread.join(timeout)
        return self._thread is None or not self._thread.is_alive()

    def _watch(self) -> None:
        if not self.join(self._grace) and self._output is not None:
            self._output.abort()

    def _play(self) -> None:
        failures: list[str] = []
        for name, open_output in candidates() if self._outputs is None else self._outputs:
            try:
                output = open_output()
            except Exception as error:  # noqa: BLE001  # whatever ails it, the run goes on; told below
                failures.append(f"{name}: {error}")
                continue
            self._output = output
            try:
                self._stream_to(output)
                output.finish()
            except Exception as error:  # noqa: BLE001  # as above
                failures.append(f"{name}: {error}")
            else:
                return
            finally:
                output.close()
            if self._closing.is_set():
                break
        self._closing.set()  # nothing more is kept
        _logger.debug("the run is not played aloud: %s", "; ".join(failures) or "no player was found")

    def _stream_to(self, output: Output) -> None:
        output.write(silent_chunk(_CUSHION).data)
        while not self._closing.wait(_STEP):
            output.write(self._due())
        output.write(self._mix.take(self._mix.end))  # nothing is added any more

    def _due(self) -> bytes:
        """Return what should be heard by now."""
        with self._lock:
            if self._origin is None:
                return b""
            return self._mix.take(round((time.monotonic() - self._origin - _DELAY) * SAMPLE_RATE))
