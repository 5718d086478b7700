"""Media at real-time pace: one frame every few milliseconds, by absolute time."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scenario.voice._clock import Clock

_BURST = 4
"""Frames that may leave back to back after the loop was late; then one frame's time passes."""

_LOST_SECONDS = 2.0
"""A delay that is not made up for: the machine slept, or the peer took nothing for that long."""


class Pacer:
    r"""Sends frames of equal length on a fixed schedule, from `start()` to `stop()`.

    Frame k is due at the beginning plus k times the frame's length, whatever the sending itself took, so
    that the pace does not drift. After a stall it catches up in short bursts.

        self._pacer = Pacer(self.clock, self._send_frame, frame_seconds=0.02, frame_bytes=160,
                            silence=b"\xff" * 160, continuous=True)
        self._pacer.start()                  # in connect(); `await self._pacer.stop()` in disconnect()
        await self._pacer.play(wire_bytes)   # in send_audio(): returns when its last frame was sent

    Args:
        clock: what it waits on.
        send: sends one frame; what it raises ends the pacer and is raised by `play`.
        frame_seconds: the length of a frame.
        frame_bytes: its size, in whatever encoding `send` expects.
        silence: one frame of silence; it fills the last frame of each `play`. `None` sends that one short.
        continuous: whether silence is sent while there is nothing to play; needs `silence`.
    """

    def __init__(
        self,
        clock: Clock,
        send: Callable[[bytes], Awaitable[None]],
        *,
        frame_seconds: float,
        frame_bytes: int,
        silence: bytes | None = None,
        continuous: bool = False,
    ) -> None:
        if silence is not None and len(silence) != frame_bytes:
            raise ValueError(f"a frame of silence must have {frame_bytes} bytes, got {len(silence)}")
        if continuous and silence is None:
            raise ValueError("a continuous pacer needs a frame of silence")
        self._clock = clock
        self._send = send
        self._frame_seconds = frame_seconds
        self._frame_bytes = frame_bytes
        self._silence = silence
        self._continuous = continuous
        self._queue: deque[_Piece] = deque()
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    @property
    def playing(self) -> bool:
        """Whether something other than silence is still to be sent."""
        return bool(self._queue)

    def start(self) -> None:
        """Begin the schedule; with `continuous` silence flows from now on."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="scenario-pacer")

    async def stop(self) -> None:
        """End the schedule; what is still to be played is not sent, and its `play` is told so."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})  # unlike awaiting the task, this lets our own cancellation through
        self._fail(RuntimeError("the connection was closed while audio was being sent"))

    async def play(self, audio: bytes) -> None:
        """Send `audio` after what is already waiting; return when its last frame was sent.

        When the caller is cancelled, the rest is not sent.

        Raises:
            RuntimeError: the pacer is not running, or was stopped meanwhile.
        """
        if self._error is not None:
            raise self._error.with_traceback(None)
        if self._task is None:
            raise RuntimeError("the pacer is not running")
        if not audio:
            return
        piece = _Piece(audio)
        self._queue.append(piece)
        self._more.set()
        try:
            await piece.done
        finally:
            if piece in self._queue:
                self._queue.remove(piece)

    async def _run(self) -> None:
        due = self._clock.now()
        burst = 0
        try:
            while True:
                if not self._queue and not self._continuous:
                    self._more.clear()
                    await self._more.wait()
                    due = max(due, self._clock.now())
                now = self._clock.now()
                if now - due > _LOST_SECONDS:
                    due = now
                if now < due:
                    burst = 0
                    await self._clock.sleep_until(due)
                elif burst >= _BURST:
                    burst = 0
                    await self._clock.sleep(self._frame_seconds)
                else:
                    burst += 1
                due += self._frame_seconds
                await self._send_next()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the transport raises, `play` raises it
            self._fail(error)

    async def _send_next(self) -> None:
        if not self._queue:
            if self._silence is not None and self._continuous:
                await self._send(self._silence)
            return
        piece = self._queue[0]
        frame = piece.next(self._frame_bytes)
        if self._silence is not None:
            frame += self._silence[len(frame) :]
        await self._send(frame)
        if piece.is_over:
            with suppress(ValueError):  # its player was cancelled while the frame was being sent
                self._queue.remove(piece)
            piece.finish()

    def _fail(self, error: BaseException) -> None:
        if self._error is None:
            self._error = error
        while self._queue:
            self._queue.popleft().fail(self._error)


class _Piece:
    """Audio of one `play`."""

    def __init__(self, audio: bytes) -> None:
        self._audio = audio
        self._at = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_over(self) -> bool:
        return self._at >= len(self._audio)

    def next(self, size: int) -> bytes:
        frame = self._audio[self._at : self._at + size]
        self._at += size
        return frame

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)
