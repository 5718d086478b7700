"""How long a server asks to wait before the next attempt."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str | None, milliseconds: str | None = None) -> float | None:
    """Return the seconds that a `Retry-After` or `retry-after-ms` header asks for; `None` if malformed.

    Source: RFC 9110, section 10.2.3 (a number of seconds, or an HTTP date).
    """
    try:
        if milliseconds is not None:
            seconds = float(milliseconds) / 1000
        elif value is None:
            return None
        elif value.strip().replace(".", "", 1).isdecimal():
            seconds = float(value)
        else:
            moment = parsedate_to_datetime(value)
            seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
