"""Points in time and durations as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
_MILLISECOND = 1_000_000


def timestamp(nanoseconds: int | None) -> str:
    """Return a point in time as ISO 8601 in UTC, to the millisecond."""
    if nanoseconds is None:
        return "unknown-time"
    moment = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def duration(start: int | None, end: int | None) -> str:
    """Return the time from start to end: milliseconds below a second, else seconds."""
    if end is None:
        return "running"
    if start is None:
        return "unknown"
    elapsed = max(end - start, 0)  # the clocks of two machines may disagree
    if elapsed < _SECOND:
        return f"{(elapsed + _MILLISECOND // 2) // _MILLISECOND}ms"
    return f"{elapsed / _SECOND:.2f}s"
