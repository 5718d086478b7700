"""The environment variables of the event stream, read where they are needed."""

from __future__ import annotations

import functools
import logging
import math
import os
from typing import Literal, get_args

logger = logging.getLogger("scenario")

MediaPolicy = Literal["final", "always", "never"]

_DEFAULT_DRAIN = 10.0


def drain_timeout() -> float:
    """Return `SCENARIO_EVENT_DRAIN_TIMEOUT`: seconds that a finished run waits for its events."""
    name = "SCENARIO_EVENT_DRAIN_TIMEOUT"
    raw = os.environ.get(name, "").strip()
    if not raw:
        return _DEFAULT_DRAIN
    try:
        seconds = float(raw)
    except ValueError:
        seconds = math.nan
    if 0 <= seconds < math.inf:
        return seconds
    _complain(name, raw, "a number of seconds, at least 0", str(_DEFAULT_DRAIN))
    return _DEFAULT_DRAIN


def media_policy() -> MediaPolicy:
    """Return `SCENARIO_EVENT_MEDIA`: which posted snapshots of a run carry media."""
    name = "SCENARIO_EVENT_MEDIA"
    raw = os.environ.get(name, "").strip()
    for policy in get_args(MediaPolicy):
        if raw.lower() == policy:
            return policy
    if raw:
        _complain(name, raw, "'final', 'always' or 'never'", "'final'")
    return "final"


@functools.cache
def _complain(name: str, raw: str, expected: str, default: str) -> None:
    """Warn about a malformed value, once per value."""
    logger.warning("%s is %r, expected %s; using %s.", name, raw, expected, default)
