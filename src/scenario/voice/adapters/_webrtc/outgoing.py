"""What the user says, as a track that the WebRTC library sends."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import from_pcm, np

from scenario.voice.adapters._webrtc.library import aiortc  # isort: skip  # says what is missing

from av import AudioFrame

if TYPE_CHECKING:
    from scenario.voice.errors import VoiceTransportError

RATE = 48_000
FRAME_SECONDS = 0.02
FRAME_BYTES = RATE // 50 * 2
SILENCE = bytes(FRAME_BYTES)
_WAITING = 2
"""Frames that may wait for the encoder."""


class OutgoingTrack(aiortc.MediaStreamTrack):
    """Frames of 20 ms that are put in at their pace and taken out by the library's sender.

    Both channels carry the same: an encoder that mixes mono up takes 3 dB from it.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        self._samples = 0
        self._error: VoiceTransportError | None = None

    async def put(self, pcm: bytes) -> None:
        """Add a frame: PCM16, 48,000 Hz, mono.

        Raises:
            VoiceTransportError: the connection is lost.
        """
        if self._error is None:
            await self._frames.put(pcm)
        if self._error is not None:
            raise self._error.with_traceback(None)

    def fail(self, error: VoiceTransportError) -> None:
        """Have everything that is put raise `error`."""
        self._error = error
        while not self._frames.empty():
            self._frames.get_nowait()

    async def recv(self) -> AudioFrame:
        """Return the next frame, when it has been put in."""
        pcm = await self._frames.get()
        frame = AudioFrame(format="s16", layout="stereo", samples=len(pcm) // 2)
        frame.planes[0].update(np.repeat(from_pcm(pcm), 2).tobytes())
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        frame.pts = self._samples
        self._samples += frame.samples
        return frame
