"""The user's microphone, for a server that listens for itself when the user's turn ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._gemini import outgoing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scenario.voice._clock import Clock

_FRAME_SECONDS = 0.02
_FRAME_BYTES = int(outgoing.INPUT_RATE * _FRAME_SECONDS) * 2
_PAUSE_FRAMES = round(1.0 / _FRAME_SECONDS)


class UserStream:
    """Audio in real time, then a second of silence, then word that the stream has ended.

    The silence is what the server takes the end of speech from; the word has it take what it still keeps.

    Args:
        clock: of the adapter.
        send: sends a frame.
    """

    def __init__(self, clock: Clock, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._quiet_frames = _PAUSE_FRAMES + 1  # not begun
        self._pacer = Pacer(
            clock,
            self._send_frame,
            frame_seconds=_FRAME_SECONDS,
            frame_bytes=_FRAME_BYTES,
            silence=bytes(_FRAME_BYTES),
            continuous=True,
        )

    def start(self) -> None:
        """Let time begin."""
        self._pacer.start()

    async def play(self, pcm: bytes) -> None:
        """Send audio (PCM16 at 16,000 Hz); return when the last of it was sent."""
        await self._pacer.play(pcm)

    async def stop(self) -> None:
        """End without a word."""
        await self._pacer.stop()

    async def _send_frame(self, pcm: bytes) -> None:
        self._quiet_frames = 0 if self._pacer.playing else self._quiet_frames + 1
        if self._quiet_frames <= _PAUSE_FRAMES:
            for frame in outgoing.audio(pcm):
                await self._send(frame)
        elif self._quiet_frames == _PAUSE_FRAMES + 1:
            await self._send(outgoing.stream_end())
