"""The agent's side of a LiveKit room in media: a track that is spoken on, and an ear for the user's."""

from __future__ import annotations

import asyncio
import fractions
from typing import TYPE_CHECKING

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.jitterbuffer import JitterBuffer
from av import AudioFrame, AudioResampler

from scenario.voice._audio.chunk import BYTES_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

_RATE = 48_000
_FRAME_SECONDS = 0.02
_FRAME_BYTES = int(_FRAME_SECONDS * BYTES_PER_SECOND)


class SpokenTrack(MediaStreamTrack):
    """Opus in the making: 20 ms frames by absolute time, silence when nothing is said."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()
        self._resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)
        self._count = 0
        self._began: float | None = None

    def say(self, pcm: bytes) -> None:
        """Add canonical audio to what is to be said."""
        self._waiting += pcm

    def hush(self) -> None:
        """Say no more."""
        self._waiting.clear()

    async def said(self) -> None:
        """Wait until everything has been said."""
        while self._waiting:  # noqa: ASYNC110  # frames leave by time, nobody announces them
            await asyncio.sleep(_FRAME_SECONDS)

    async def recv(self) -> AudioFrame:
        """Return the next frame when it is due."""
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(self._began + self._count * _FRAME_SECONDS - loop.time())
        pcm = bytes(self._waiting[:_FRAME_BYTES]).ljust(_FRAME_BYTES, b"\0")
        del self._waiting[:_FRAME_BYTES]
        mono = AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[None, :], layout="mono")
        mono.sample_rate = 24_000
        samples = np.concatenate([part.to_ndarray()[0] for part in self._resampler.resample(mono)] or [[]])
        # Both channels alike: mixing mono up costs 3 dB.
        frame = AudioFrame.from_ndarray(np.repeat(samples.astype("<i2"), 2)[None, :], layout="stereo")
        frame.sample_rate = _RATE
        frame.pts = self._count * int(_RATE * _FRAME_SECONDS)
        frame.time_base = fractions.Fraction(1, _RATE)
        self._count += 1
        return frame


async def listen(track: MediaStreamTrack, hear: Callable[[bytes], None]) -> None:
    """Give `hear` the user's audio, canonical, until the track ends."""
    from aiortc.mediastreams import MediaStreamError

    resampler = AudioResampler(format="s16", layout="mono", rate=24_000)
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        for part in resampler.resample(frame):
            hear(part.to_ndarray()[0].astype("<i2").tobytes())


def without_delay(receiver: object) -> None:
    """Let a receiver of aiortc give out audio as it comes: on loopback nothing overtakes."""
    receiver._RTCRtpReceiver__jitter_buffer = JitterBuffer(capacity=16, prefetch=0)  # type: ignore[attr-defined]
