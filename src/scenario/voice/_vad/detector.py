"""A streaming detector of speech on one track of canonical audio."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE
from scenario.voice._vad.frames import FRAME_SAMPLES, MARGIN_DB, VoicedFrames

_FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE

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

    A frame of 20 ms is voiced when its level is above a threshold and by a margin above the noise floor.
    Speech starts with 60 ms voiced within 100 ms and ends with 300 ms unvoiced; both are dated back to the
    voiced frame. How the audio is cut into pieces makes no difference.

    Args:
        threshold_dbfs: level under which a frame is never voiced.
        margin_db: how far above the noise floor a voiced frame is.
    """

    def __init__(self, threshold_dbfs: float = -45.0, *, margin_db: float = MARGIN_DB) -> None:
        self.threshold_dbfs = threshold_dbfs
        self.margin_db = margin_db
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next sample is the first of a new track."""
        self._pending = bytearray()
        self._frame = 0
        self._frames = VoicedFrames(self.threshold_dbfs, self.margin_db)
        self._voiced: deque[int] = deque(maxlen=_START_VOICED)
        self._speech: list[tuple[int, int]] = []
        self._start: int | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether speech has started and has not ended."""
        return self._start is not None

    @property
    def open_speech(self) -> tuple[int, int] | None:
        """The speech that has not ended: its first sample, and the one after its last voiced frame so far."""
        if self._start is None:
            return None
        return self._start * FRAME_SAMPLES, (self._voiced[-1] + 1) * FRAME_SAMPLES

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
        return self._take(self._frames.push(frames))

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
        heard = self._frames.skip(frames)
        edges += self._take(heard)
        self._frame += frames - len(heard)
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

    def _take(self, voiced: list[bool]) -> list[SpeechEdge]:
        edges: list[SpeechEdge] = []
        for number, is_voiced in enumerate(voiced, self._frame):
            if is_voiced:
                self._voiced.append(number)
                if self._start is None and self._has_started():
                    self._start = self._voiced[0]
                    edges.append(SpeechEdge("start", self._start * FRAME_SAMPLES))
            elif self._start is not None and number - self._voiced[-1] >= _END_UNVOICED:
                end = (self._voiced[-1] + 1) * FRAME_SAMPLES
                self._speech.append((self._start * FRAME_SAMPLES, end))
                self._start = None
                self._voiced.clear()
                edges.append(SpeechEdge("end", end))
        self._frame += len(voiced)
        return edges

    def _has_started(self) -> bool:
        first, last = self._voiced[0], self._voiced[-1]
        return len(self._voiced) == _START_VOICED and last - first < _START_WITHIN
