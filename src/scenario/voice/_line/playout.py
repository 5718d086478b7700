"""What one speaker says, heard at its own time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE, AudioChunk
from scenario.voice._recording.track import Track
from scenario.voice._vad.detector import SpeechDetector, SpeechEdge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scenario.voice._audio.chunk import Speaker

_JOIN = SAMPLE_RATE * 40 // 1000
"""A piece that comes at most this much after the end of the one before follows it without a gap."""
_LATE = SAMPLE_RATE * 60 // 1000
"""Silence is believed only this long after it was heard: a late piece may still fill it."""
_PIECE = SAMPLE_RATE // 10
_FRAME = SAMPLE_RATE // 50
_INAUDIBLE = 46  # peak of PCM16 that is -57 dBFS: line noise is no sound


class Playout:
    """Places audio as a listener would hear it, and lets it be heard as time passes.

    What has been heard is on the track, has passed the speech detector and was shown to the hook; what has
    only been placed can still be dropped. Times are media times in seconds.

    Args:
        speaker: whose audio it is.
        threshold_dbfs: level under which a frame is never voiced.
        hear: is shown every piece that is heard, at most 100 ms long.
        edge: is told where speech begins and ends.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        threshold_dbfs: float,
        hear: Callable[[AudioChunk], None] | None,
        edge: Callable[[Speaker, SpeechEdge], None],
    ) -> None:
        self.track = Track()
        self._speaker: Speaker = speaker
        self._hear = hear
        self._edge = edge
        self._detector = SpeechDetector(threshold_dbfs)
        self._queue: deque[tuple[int, memoryview]] = deque()
        self._end = 0  # the sample after the last one placed
        self._fed = 0  # samples that the detector knows of
        self._sound_end = 0  # the sample after the last sound placed
        self._placed = self._heard = 0  # samples in all, gaps between them left out
        self._spoken: list[tuple[int, int]] = []
        self._started = 0
        self._first_sound = 0  # of the sound that has not been followed by silence
        self._last_sound = 0

    @property
    def end(self) -> float:
        """When everything that was placed will have been heard."""
        return self._end / SAMPLE_RATE

    @property
    def sound_end(self) -> float:
        """When everything that was placed and is more than line noise will have been heard."""
        return self._sound_end / SAMPLE_RATE

    @property
    def placed(self) -> int:
        """How many samples were placed and not dropped, gaps left out."""
        return self._placed

    @property
    def heard(self) -> int:
        """How many of them have been heard."""
        return self._heard

    @property
    def is_pending(self) -> bool:
        """Whether audio is still to be heard, or speech still to be found to have ended."""
        return bool(self._queue) or self._detector.is_speaking

    @property
    def is_speaking(self) -> bool:
        """Whether speech goes on."""
        return self._detector.is_speaking

    @property
    def last_sound(self) -> float:
        """The end of the last piece heard that was more than line noise."""
        return self._last_sound / SAMPLE_RATE

    def place(self, pcm: bytes, now: float) -> tuple[float, float]:
        """Place audio at the later of `now` and the end of what was placed before.

        Returns:
            Where it begins and ends.
        """
        arrival = round(now * SAMPLE_RATE)
        start = self._end if arrival - self._end <= _JOIN else arrival
        start = max(start, self._fed)
        samples = len(pcm) // BYTES_PER_SAMPLE
        self._end = start + samples
        self._placed += samples
        if is_sound(pcm):
            self._sound_end = self._end
        self._queue.append((start, memoryview(pcm)))
        return start / SAMPLE_RATE, self._end / SAMPLE_RATE

    def advance(self, now: float) -> None:
        """Let everything be heard that is due at `now`."""
        due = round(now * SAMPLE_RATE)
        while self._queue and self._queue[0][0] < due:
            start, pcm = self._queue.popleft()
            samples = len(pcm) // BYTES_PER_SAMPLE
            heard = min(samples, due - start)
            if heard < samples:
                self._queue.appendleft((start + heard, pcm[heard * BYTES_PER_SAMPLE :]))
            self._let_hear(start, bytes(pcm[: heard * BYTES_PER_SAMPLE]))
        if self._detector.is_speaking:  # else silence makes nothing known, and is made up for later
            self._skip_to(due - _LATE)

    def drop(self) -> None:
        """Drop what was placed and has not been heard."""
        if self._queue:
            self._end = self._queue[0][0]
            self._sound_end = min(self._sound_end, self._end)
            self._queue.clear()
            self._placed = self._heard

    def voiced(self, since: float = 0.0, until: float | None = None) -> list[tuple[float, float]]:
        """Return where speech was heard, clipped to the given times, as (first, last) voiced moments."""
        found: list[tuple[float, float]] = []
        first = round(since * SAMPLE_RATE)
        last = float("inf") if until is None else round(until * SAMPLE_RATE)
        for start, end in self._backwards():
            if end <= first:
                break
            if start < last:
                found.append((max(start, first) / SAMPLE_RATE, min(end, last) / SAMPLE_RATE))
        found.reverse()
        return found

    def _backwards(self) -> Iterator[tuple[int, int]]:
        if (spoken := self._detector.open_speech) is not None:
            yield self._started, max(min(spoken[1], self._last_sound), self._started)
        yield from reversed(self._spoken)

    def _let_hear(self, start: int, pcm: bytes) -> None:
        self._skip_to(start)
        self._heard += len(pcm) // BYTES_PER_SAMPLE
        if is_sound(pcm):
            if start != self._last_sound:
                self._first_sound = start
            self._last_sound = start + len(pcm) // BYTES_PER_SAMPLE
        self.track.write(start, pcm)
        self._fed = start + len(pcm) // BYTES_PER_SAMPLE
        self._tell(self._detector.push(pcm))
        if self._hear is not None:
            step = _PIECE * BYTES_PER_SAMPLE
            for offset in range(0, len(pcm), step):
                piece = pcm[offset : offset + step]
                at = (start + offset // BYTES_PER_SAMPLE) / SAMPLE_RATE
                self._hear(
                    AudioChunk(
                        piece,
                        start_time=at,
                        end_time=at + len(piece) / BYTES_PER_SAMPLE / SAMPLE_RATE,
                        speaker=self._speaker,
                    )
                )

    def _skip_to(self, sample: int) -> None:
        if sample > self._fed:
            silence, self._fed = sample - self._fed, sample
            self._tell(self._detector.skip(silence))

    def _tell(self, edges: list[SpeechEdge]) -> None:
        # A frame is 20 ms: where sound begins or ends within one is known better.
        for edge in edges:
            if edge.kind == "start":
                within = self._first_sound - edge.sample < _FRAME
                self._started = max(edge.sample, self._first_sound) if within else edge.sample
                self._edge(self._speaker, SpeechEdge("start", self._started))
            else:
                end = max(min(edge.sample, self._last_sound), self._started)
                self._spoken.append((self._started, end))
                self._edge(self._speaker, SpeechEdge("end", end))


def is_sound(pcm: bytes) -> bool:
    """Return whether audio is more than line noise."""
    import numpy as np

    samples = np.frombuffer(pcm, "<i2")
    return bool(pcm) and max(int(samples.max()), -int(samples.min())) > _INAUDIBLE
