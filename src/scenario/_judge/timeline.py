"""The voice events of a run as text."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any, Protocol

from scenario._judge.digest.text import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_AT_EACH_END = 100  # events
_LONGEST_NAME = 120  # bytes


class VoiceEvent(Protocol):
    """One event: seconds since the start of the recording, what happened, to what, and how late."""

    @property
    def time(self) -> float: ...
    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def latency(self) -> float | None: ...


def timeline_text(events: Sequence[VoiceEvent]) -> str:
    """Return one line per event (of very many, the first and last), then latency and interruptions."""
    lines = [_line(event) for event in events]
    left_out = len(lines) - 2 * _MOST_AT_EACH_END
    if left_out > 0:
        lines[_MOST_AT_EACH_END:-_MOST_AT_EACH_END] = [f"... {left_out} events are not shown ..."]
    interruptions = sum(event.type == "user_interrupt" for event in events)
    return "\n".join([*lines, *_latency(events), f"Interruptions: {interruptions}"])


def event_names(events: Iterable[VoiceEvent]) -> list[Any]:
    """Return what equal runs have in common: types and names, without times."""
    return [[event.type, event.name] for event in events]


def _line(event: VoiceEvent) -> str:
    name = f" {shorten(one_line(event.name), _LONGEST_NAME)}" if event.name else ""
    latency = "" if event.latency is None else f" latency {event.latency:.2f}s"
    return f"{event.time:.2f}s {event.type}{name}{latency}"


def _latency(events: Sequence[VoiceEvent]) -> list[str]:
    measured = sorted(event.latency for event in events if event.latency is not None and event.latency >= 0)
    if not measured:
        return []
    last = len(measured) - 1
    tail = measured[min(last, math.ceil(0.95 * last))]
    return [
        f"Latency: average {statistics.fmean(measured):.2f}s, median {statistics.median(measured):.2f}s, "
        f"95th percentile {tail:.2f}s"
    ]
