"""What receives from an adapter, in turns and between them."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._line.backlog import still_said
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._line.link import Link
    from scenario.voice._line.playout import Playout
    from scenario.voice._line.stage import Stage
    from scenario.voice.adapters.base import VoiceAgentAdapter

_log = logging.getLogger("scenario")
_IDLE = 30.0  # seconds that a read may wait; nothing depends on it
_AT_ONCE = 0.005  # seconds within which what has come already is there
_BACKLOG = 1.0  # seconds that taking it may need
_BLOCKED = 2.0  # seconds in which nothing else ran, after which the adapter is at fault
_NOT_WAITED = 0.001  # seconds of a read that did not wait for anything
_BREATH = 0.01  # seconds before asking again what did not wait: asking at once would hog the loop
_AT_A_TIME = 50  # chunks that may come without waiting before others run
_EMPTY_CHUNKS = 20
_AHEAD = 600.0  # seconds of audio that may have come and not been heard; an answer is never that long


class Pump:
    """Receives from one adapter, from connecting to disconnecting.

    Args:
        adapter: the adapter.
        link: calls it.
        stage: where the run is heard.
        playout: where what comes is placed.
        take: is given what comes.
        lose: is told the error that ended the receiving.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        link: Link,
        stage: Stage,
        playout: Playout,
        *,
        take: Callable[[AudioChunk], None],
        lose: Callable[[BaseException], None],
    ) -> None:
        self._adapter = adapter
        self._name = type(adapter).__name__
        self._link = link
        self._stage = stage
        self._playout = playout
        self._take = take
        self._lose = lose
        self._task: asyncio.Task[None] | None = None
        self._at_once = self._empty_chunks = 0  # came one after the other, and were not waited for

    def start(self) -> None:
        """Receive from now on."""
        self._task = asyncio.create_task(self._run(), name=f"receive pump of {self._adapter!r}")

    async def stop(self, timeout: float) -> None:
        """Stop receiving; after `timeout` seconds also when the adapter goes on."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            if not (await asyncio.wait([task], timeout=timeout))[0]:
                _log.warning("%s.recv_audio() ignores its cancellation", self._name)

    async def _run(self) -> None:
        try:
            live = getattr(self._adapter, "live", None)
            if isinstance(live, asyncio.Event):
                await self._link.call(live.wait)
            await self._take_backlog()
            while True:
                started = time.monotonic()
                try:
                    chunk = await self._next(_IDLE)
                except TimeoutError:
                    if time.monotonic() - started < _BREATH:
                        await asyncio.sleep(_BREATH)
                    continue
                self._take(chunk)
                await self._see_to_pace(chunk, waited=time.monotonic() - started >= _NOT_WAITED)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            self._lose(VoiceTransportError("its receiving was cancelled", adapter=self._name))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  # it surfaces in the turn or the step that needs the line
            self._lose(error)

    async def _next(self, timeout: float) -> AudioChunk:
        loop, others_ran = asyncio.get_running_loop(), asyncio.Event()
        handle, started = loop.call_soon(others_ran.set), time.monotonic()
        try:
            chunk = await self._link.call(self._adapter.recv_audio, timeout)
        finally:
            handle.cancel()
            blocked = 0.0 if others_ran.is_set() else time.monotonic() - started
            if blocked > _BLOCKED:
                raise VoiceTransportError(
                    f"recv_audio() blocked the event loop for {blocked:.1f} s: everything in the run waits "
                    "then; await what comes, and call what blocks with asyncio.to_thread()",
                    adapter=self._name,
                )
        if not isinstance(chunk, AudioChunk):
            expected = "must return an AudioChunk"
            raise TypeError(f"{self._name}.recv_audio() {expected}, got {type(chunk).__name__}")
        if type(chunk.data) is bytes and len(chunk.data) % 2 == 0:
            return chunk
        return AudioChunk(bytes(chunk.data), chunk.transcript)  # a copy of a buffer; refuses half a sample

    async def _see_to_pace(self, chunk: AudioChunk, *, waited: bool) -> None:
        """Let others run whatever the adapter does; an end of a turn that comes over and over is none."""
        self._at_once = 0 if waited else self._at_once + 1
        self._empty_chunks = 0 if waited or chunk.data else self._empty_chunks + 1
        if self._empty_chunks > _EMPTY_CHUNKS:
            raise VoiceTransportError(
                "recv_audio() returns empty chunks without waiting for anything: an empty chunk says that "
                "a turn is over; wait for audio, and raise TimeoutError when none has come in time",
                adapter=self._name,
            )
        if self._at_once > _AT_A_TIME:
            self._at_once = 0
            await asyncio.sleep(0)
        while (heard := self._playout.end - _AHEAD) > self._stage.now():
            await self._stage.changed(heard)

    async def _take_backlog(self) -> None:
        """Pass over what came before the recording: on a line that is never silent, and of an earlier run."""
        is_live = self._adapter.continuous or self._adapter.turn_end == "vad"
        if not is_live and not self._link.has_served:
            return
        came: list[AudioChunk] = []
        try:
            while self._stage.now() < _BACKLOG:
                came.append(await self._next(_AT_ONCE))
        except TimeoutError:
            pass
        finally:
            for chunk in still_said(came) if is_live else ():
                self._take(chunk)
