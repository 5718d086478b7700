"""A streaming detector of speech on one track of canonical audio."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._vad.frames import MARGIN_DB, SILENCE_DBFS, NoiseFloor

FRAME_SAMPLES = SAMPLE_RATE // 50
_FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE
_FULL_SCALE = FRAME_SAMPLES * 32768.0**2

_START_VOICED, _START_WITHIN = 3, 5  # speech starts with 60 ms voiced within 100 ms
_END_UNVOICED = 15  # and ends with 300 ms unvoiced


@dataclass(frozen=True, slots=True)
class SpeechEdge:
    """Where speech begins or is over.

    Attributes:
        kind: `"start"` or `"end"`.
        sample: position on the track, at 24,000 Hz: of the first voiced sample, or after the last one.
    """

    kind: Literal["start", "end"]
    sample: int


class SpeechDetector:
    """Finds speech on one track as its audio comes.

    A frame of 20 ms is voiced when its level is above a threshold and at least 9 dB above the noise floor.
    Speech starts with 60 ms voiced within 100 ms and ends with 300 ms unvoiced; both are dated back to the
    voiced frame. How the audio is cut into pieces makes no difference.

    Args:
        threshold_dbfs: level under which a frame is never voiced.
    """

    def __init__(self, threshold_dbfs: float = -45.0) -> None:
        self.threshold_dbfs = threshold_dbfs
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next sample is the first of a new track."""
        self._pending = bytearray()
        self._frame = 0
        self._floor = NoiseFloor()
        self._voiced: deque[int] = deque(maxlen=_START_VOICED)
        self._speech: list[tuple[int, int]] = []
        self._start: int | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether speech has started and has not ended."""
        return self._start is not None

    def push(self, pcm: bytes) -> list[SpeechEdge]:
        """Take in the track's next audio.

        Args:
            pcm: canonical audio of any length.

        Returns:
            The edges that it makes known, in order.

        Raises:
            ValueError: the audio has an odd number of bytes.
        """
        if len(pcm) % BYTES_PER_SAMPLE:
            raise ValueError(f"canonical audio has two bytes per sample, got {len(pcm)} bytes")
        self._pending += pcm
        whole = len(self._pending) - len(self._pending) % _FRAME_BYTES
        if not whole:
            return []
        frames = bytes(self._pending[:whole])
        del self._pending[:whole]
        edges: list[SpeechEdge] = []
        for level in _levels(frames):
            self._take(level, edges)
        return edges

    def skip(self, samples: int) -> list[SpeechEdge]:
        """Take in silence, at a cost that does not depend on its length.

        Args:
            samples: how long the silence is, at 24,000 Hz.

        Returns:
            The edges that it makes known: the end of speech that it follows.

        Raises:
            ValueError: the number is negative.
        """
        if samples < 0:
            raise ValueError(f"silence cannot last {samples} samples")
        rest = -(len(self._pending) // BYTES_PER_SAMPLE) % FRAME_SAMPLES
        head = min(samples, rest)
        edges = self.push(bytes(head * BYTES_PER_SAMPLE))
        frames, tail = divmod(samples - head, FRAME_SAMPLES)
        heard = min(frames, NoiseFloor.FORGETS_AFTER)
        for _ in range(heard):
            self._take(SILENCE_DBFS, edges)
        self._frame += frames - heard
        return edges + self.push(bytes(tail * BYTES_PER_SAMPLE))

    def intervals(self, up_to: int | None = None) -> list[tuple[int, int]]:
        """Return where speech was found so far, as `(first sample, sample after the last)`.

        Speech that has not ended counts up to its last voiced frame.

        Args:
            up_to: leave out what comes at or after this sample.
        """
        found = list(self._speech)
        if self._start is not None:
            found.append((self._start * FRAME_SAMPLES, (self._voiced[-1] + 1) * FRAME_SAMPLES))
        if up_to is None:
            return found
        return [(start, min(end, up_to)) for start, end in found if start < up_to]

    def _take(self, level: float, edges: list[SpeechEdge]) -> None:
        self._floor.follow(level)
        if level > self.threshold_dbfs and level >= self._floor.dbfs + MARGIN_DB:
            self._voiced.append(self._frame)
            if (
                self._start is None
                and len(self._voiced) == _START_VOICED
                and self._frame - self._voiced[0] < _START_WITHIN
            ):
                self._start = self._voiced[0]
                edges.append(SpeechEdge("start", self._start * FRAME_SAMPLES))
        elif self._start is not None and self._frame - self._voiced[-1] >= _END_UNVOICED:
            end = (self._voiced[-1] + 1) * FRAME_SAMPLES
            self._speech.append((self._start * FRAME_SAMPLES, end))
            self._start = None
            self._voiced.clear()
            edges.append(SpeechEdge("end", end))
        self._frame += 1


def _levels(frames: bytes) -> list[float]:
    """Return the level of each frame in dBFS, relative to a full-scale square wave."""
    import numpy as np

    samples = np.frombuffer(frames, "<i2").reshape(-1, FRAME_SAMPLES).astype(np.int64)
    powers = np.einsum("ij,ij->i", samples, samples).tolist()  # whole numbers: the same in any grouping
    return [
        max(10 * math.log10(power / _FULL_SCALE), SILENCE_DBFS) if power else SILENCE_DBFS for power in powers
    ]
