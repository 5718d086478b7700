"""Where a run is heard: the clock, both speakers' audio, and the timeline."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._line.playout import Playout

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from scenario.voice._audio.chunk import AudioChunk, Speaker
    from scenario.voice._clock import Clock, Timer
    from scenario.voice._vad.detector import SpeechEdge
    from scenario.voice.events import VoiceEvent

_log = logging.getLogger("scenario")
_FRAME = 0.02
_TICK = 0.05
_WATCHED_TICK = 0.02
_LONGEST_TICK = 1.0
_AFTERWARDS = 0.42  # after the last audio, the end of speech becomes known
_SLOW_HOOK = 0.05


class Stage:
    """What both speakers say, in media time: seconds from the start of the recording.

    Attributes:
        clock: the run's clock.
        speakers: what each of them says.
        events: what happened, in the order in which it became known.
        watchers: how many wait for something and must know it at once; without any, time passes in longer
            steps, on a virtual clock in much longer ones.

    Args:
        clock: the run's clock.
        threshold_dbfs: level under which a frame is never voiced.
        on_chunk: is shown every piece of audio as it is heard.
        on_event: is told every event.
        on_edge: is told where speech begins and ends.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        threshold_dbfs: float,
        on_chunk: Callable[[AudioChunk], None] | None,
        on_event: Callable[[VoiceEvent], None] | None,
        on_edge: Callable[[Speaker, float, bool], None],
    ) -> None:
        self.clock = clock
        self.events: list[VoiceEvent] = []
        self.watchers = 0
        self._on_event = _guarded(on_event, "on_voice_event")
        self._on_edge = on_edge
        hear = _guarded(on_chunk, "on_audio_chunk")
        self.speakers: dict[Speaker, Playout] = {
            speaker: Playout(speaker, threshold_dbfs=threshold_dbfs, hear=hear, edge=self._edge)
            for speaker in ("user", "agent")
        }
        self._playouts = list(self.speakers.values())
        self._threshold_dbfs = threshold_dbfs
        self._origin: float | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._tick: Timer | None = None

    @property
    def user(self) -> Playout:
        """What the user says."""
        return self.speakers["user"]

    @property
    def agent(self) -> Playout:
        """What the agent says."""
        return self.speakers["agent"]

    def aside(self) -> Playout:
        """Return audio that neither the recording nor the timeline holds."""
        playout = Playout("user", threshold_dbfs=self._threshold_dbfs, hear=None, edge=_unnoticed)
        self._playouts.append(playout)
        return playout

    def begin(self) -> None:
        """Start the recording: media time 0 is now."""
        self._origin = self.clock.now()

    def now(self) -> float:
        """Return the media time."""
        return 0.0 if self._origin is None else self.clock.now() - self._origin

    def on_clock(self, moment: float) -> float:
        """Return a media time as a time of the clock."""
        return moment + (self._origin or 0.0)

    async def next_frame(self) -> float:
        """Wait until a frame of the speech detector begins, and return when that is.

        Where the users' words lie in its frames is the same in every run then, and so is what it finds.
        """
        begins = ceil(self.now() / _FRAME) * _FRAME
        await self.clock.sleep_until(self.on_clock(begins))
        return begins if self.now() - begins < _FRAME / 2 else self.now()

    def place(self, playout: Playout, pcm: bytes, moment: float | None = None) -> tuple[float, float]:
        """Have audio be heard from now on, or from `moment` on; return where it begins and ends."""
        placed = playout.place(pcm, self.now() if moment is None else moment)
        self.advance()
        return placed

    def advance(self) -> None:
        """Let everything be heard that is due."""
        now = self.now()
        for playout in self._playouts:
            playout.advance(now)
        self._keep_ticking()

    @contextmanager
    def watching(self, turn: asyncio.Task[Any]) -> Generator[None]:
        """Have time pass in short steps within the block, and waiters woken when `turn` is done."""

        def ring(_: asyncio.Task[Any]) -> None:
            self.ring()

        self.watchers += 1
        turn.add_done_callback(ring)
        try:
            yield
        finally:
            turn.remove_done_callback(ring)
            self.watchers -= 1

    def ring(self) -> None:
        """Wake those who wait for a change."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self, until: float | None = None) -> None:
        """Wait until something is heard or told, or until the media time `until`."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        timer = None
        if until is not None:
            timer = self.clock.call_at(self.on_clock(until), lambda: future.done() or future.set_result(None))
        try:
            await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()
        self.advance()

    async def sleep_until(self, moment: float) -> None:
        """Wait until a media time, and let everything be heard up to it."""
        await self.clock.sleep_until(self.on_clock(moment))
        self.advance()

    def record(self, event: VoiceEvent) -> None:
        """Put an event, of which everything is known, on the timeline."""
        self.events.append(event)
        if self._on_event is not None:
            self._on_event(event)
        self.ring()

    def end(self) -> None:
        """Stop the recording: what has not been heard by now is dropped."""
        self.advance()
        for playout in self._playouts:
            playout.drop()
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None

    def _keep_ticking(self) -> None:
        if self._tick is not None or self._origin is None:
            return
        pending = [playout for playout in self._playouts if playout.is_pending]
        if not pending:
            return
        step = _WATCHED_TICK if self.watchers else _TICK
        if self.clock.virtual and not self.watchers:
            end = max(playout.end for playout in pending) + _AFTERWARDS
            step = min(max(end - self.now(), _TICK), _LONGEST_TICK)
        self._tick = self.clock.call_at(self.clock.now() + step, self._ticked)

    def _ticked(self) -> None:
        self._tick = None
        self.advance()
        self.ring()

    def _edge(self, speaker: Speaker, edge: SpeechEdge) -> None:
        self._on_edge(speaker, edge.sample / SAMPLE_RATE, edge.kind == "start")
        self.ring()


def _unnoticed(speaker: Speaker, edge: SpeechEdge) -> None:
    """What is said aside makes no events."""


def _guarded(hook: Callable[[Any], object] | None, name: str) -> Callable[[Any], None] | None:
    """Return a hook whose exceptions change nothing, and that is reported once when it is slow."""
    if hook is None:
        return None
    slow = False

    def call(value: Any) -> None:
        nonlocal slow
        started = time.perf_counter()
        try:
            hook(value)
        except Exception as error:  # noqa: BLE001  # whatever a user's hook does, the run goes on
            _log.warning("%s raised: %r", name, error)
        if not slow and time.perf_counter() - started > _SLOW_HOOK:
            slow = True
            _log.warning("%s takes longer than 50 ms; it holds up the whole run", name)

    return call
