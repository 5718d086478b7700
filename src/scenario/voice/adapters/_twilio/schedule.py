"""When each frame of a stream is to be heard, by its time stamp."""

from __future__ import annotations

_JITTER = 0.015  # holes that are shorter come from rounded time stamps
_JOINED = 0.04  # what comes at most this late follows without a gap
_BROKEN = 10.0  # a step of more is no hole: the stamps begin anew


class Schedule:
    """Keeps a stream at its own pace, whatever the network and this process do to it.

    The first frame is heard when it arrives, each later one as long after it as the time stamps say. Where
    the stamps leave a hole that has not passed as time, silence fills it; what was held up, and is heard too
    late, catches up by leaving out frames of silence.
    """

    def __init__(self) -> None:
        self._offset: float | None = None  # from the stream's time to the clock's
        self._stamp = 0.0  # where the next frame should begin in the stream
        self._end = 0.0  # when the frames so far will have been heard, on the clock

    def lead(self, stamp: float | None, now: float) -> float:
        """Return the seconds of silence to be put before a frame; negative: by how much it is late.

        Args:
            stamp: where the frame begins in the stream, in seconds; `None`: after the one before.
            now: when it arrived, in seconds of the clock.
        """
        start = self._end if now - self._end <= _JOINED else now
        stamp = self._stamp if stamp is None else stamp
        if self._offset is None or abs(stamp - self._stamp) > _BROKEN:
            self._offset = start - stamp
        self._stamp = stamp
        self._end = start
        lead = stamp + self._offset - start
        if _JITTER <= lead <= _BROKEN:
            return lead
        return lead if lead < -_JOINED else 0.0

    def due(self, now: float) -> float:
        """Return when a frame that came now, in its turn, should be heard: what is not late says it best."""
        return now if self._offset is None else self._stamp + self._offset

    def heard(self, silence: float, seconds: float) -> None:
        """Take note that the frame is heard, after `silence`; both in seconds."""
        self._end += silence + seconds
        self._stamp += seconds

    def left_out(self, seconds: float) -> None:
        """Take note that the frame is left out."""
        self._stamp += seconds


def is_silent(mulaw: bytes) -> bool:
    """Tell whether a frame is silence, or so little that nobody hears it (-57 dBFS)."""
    return all(byte & 0x7F >= 0x7A for byte in mulaw)
