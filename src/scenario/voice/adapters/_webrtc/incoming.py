"""What the agent says: decoded frames of any layout and rate become canonical audio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, np, to_pcm
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.resampler import StreamResampler

if TYPE_CHECKING:
    from av import AudioFrame

    from scenario.voice._audio.arrays import Samples

_FILLED_SECONDS = 0.06
"""Gaps up to this are lost packets, and become silence. After a longer one the peer was silent: what comes
then is late by itself."""


class IncomingAudio:
    """Converts the frames of one track."""

    def __init__(self) -> None:
        self._resampler = StreamResampler(SAMPLE_RATE, SAMPLE_RATE)
        self._rate = SAMPLE_RATE
        self._due: float | None = None  # when the next frame begins, in seconds of the track's own time

    def push(self, frame: AudioFrame) -> bytes:
        """Return what `frame` adds, as canonical audio."""
        if frame.sample_rate != self._rate:
            self._rate = frame.sample_rate
            self._resampler = StreamResampler(self._rate, SAMPLE_RATE)
        samples = _mono(frame)
        missing = self._missing(frame)
        if missing:
            samples = np.concatenate([np.zeros(missing, samples.dtype), samples])
        return to_pcm(self._resampler.push(samples))

    def _missing(self, frame: AudioFrame) -> int:
        """Return how many samples were lost before `frame`."""
        due, begins = self._due, frame.time
        if begins is None:
            return 0
        self._due = begins + frame.samples / frame.sample_rate
        if due is None or not 0 < begins - due <= _FILLED_SECONDS:
            return 0
        return round((begins - due) * frame.sample_rate)


def _mono(frame: AudioFrame) -> Samples:
    """Return the mean of a frame's channels, on the scale of 16-bit integers."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, len(frame.layout.channels)).T
    mono = samples.astype(np.float32).mean(axis=0)
    if samples.dtype.kind == "f":
        return mono * FULL_SCALE
    if samples.dtype == np.uint8:
        return (mono - 128) * 256
    return mono / 2 ** (8 * samples.dtype.itemsize - 16)
