"""How long a call may take and how often it is tried again."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario._model.names import IN_PROCESS, provider_of

if TYPE_CHECKING:
    from scenario.types import ModelRequest

DELIVERY_PARAMS = frozenset({"timeout", "num_retries", "max_retries"})
"""Parameters that decide when an answer comes, not which: they are for this room, not for the provider."""

_TIMEOUT = 60.0
_NUM_RETRIES = 2
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0
_LONGEST_RETRY_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The limits of one call.

    Attributes:
        timeout: seconds for each attempt; `None` for no limit.
        num_retries: further attempts after the first.
    """

    timeout: float | None = _TIMEOUT
    num_retries: int = _NUM_RETRIES


def limits_of(request: ModelRequest) -> CallLimits:
    """Return the limits of a request: its parameters `timeout` and `num_retries`, else the defaults.

    Models that run in this process have no default time-out: they may be downloaded or loaded first, and
    time spent waiting for the processor is not a lost connection.

    Raises:
        ValueError: a value is not a number in range.
    """
    timeout: Any = request.params.get("timeout")
    if timeout is None and provider_of(request.model) not in IN_PROCESS:
        timeout = _TIMEOUT
    if timeout is not None and not (_is_number(timeout) and timeout > 0):
        raise ValueError(f"timeout must be a number of seconds above 0, got {timeout!r}")
    retries: Any = request.params.get("num_retries", request.params.get("max_retries"))
    if retries is None:
        retries = _NUM_RETRIES
    if type(retries) is not int or retries < 0:
        raise ValueError(f"num_retries must be an integer from 0, got {retries!r}")
    return CallLimits(timeout, retries)


def backoff(failures: int, retry_after: float | None = None) -> float:
    """Return the seconds to wait after the given number of failed attempts.

    Doubles from half a second up to eight, half of it random so that many callers do not come back together.
    A longer `Retry-After` of the provider is honoured up to a minute.
    """
    delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (failures - 1))
    delay *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter needs no cryptographic randomness
    return max(delay, min(retry_after or 0.0, _LONGEST_RETRY_AFTER))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
