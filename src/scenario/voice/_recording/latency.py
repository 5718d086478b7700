"""How fast the agent answers, and how fast it stops when the user speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenario.voice.events import VoiceEvent


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """The moments of one turn of the agent, in media time; `None` where there was no such moment.

    Attributes:
        turn: index of the turn.
        user_stop: the last voiced sample of the user, if the user has spoken since the agent's previous turn.
        agent_start: the first voiced sample of the agent.
        last_byte_sent: when the last of the user's audio was handed to the transport.
        first_byte_received: when the first byte of the agent's came, voiced or not.
    """

    turn: int
    user_stop: float | None
    agent_start: float | None
    last_byte_sent: float | None
    first_byte_received: float | None


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """The response latency of one turn of the agent.

    Attributes:
        turn: index of the turn.
        latency: seconds from the user's last voiced sample to the agent's first one; negative when the agent
            talked over the user, `None` when one of the two did not speak.
        user_stop: media time of the former.
        agent_start: media time of the latter.
    """

    turn: int
    latency: float | None
    user_stop: float | None
    agent_start: float | None


@dataclass
class LatencyMetrics:
    """Latencies of a run, in seconds.

    Attributes:
        measurements: response latencies that are not negative, in the order of turns.
        time_to_first_byte: the first of them.
        interrupt_response_time: median of `interrupt_response_times`.
        per_turn: every turn of the agent.
        interrupt_response_times: how long the agent went on after each interruption that it heeded.
        transport_ttfb: per turn, from the last user byte handed over to the first agent byte of any kind;
            `None` where one of them is missing.
    """

    measurements: list[float] = field(default_factory=list[float])
    time_to_first_byte: float | None = None
    interrupt_response_time: float | None = None
    per_turn: list[TurnLatency] = field(default_factory=list[TurnLatency], kw_only=True)
    interrupt_response_times: list[float] = field(default_factory=list[float], kw_only=True)
    transport_ttfb: list[float | None] = field(default_factory=list["float | None"], kw_only=True)

    @property
    def avg_response_time(self) -> float | None:
        """Mean of the measurements; `None` without any."""
        return fmean(self.measurements) if self.measurements else None

    @property
    def p50_response_time(self) -> float | None:
        """Median of the measurements; `None` without any."""
        return median(self.measurements) if self.measurements else None

    @property
    def p90_response_time(self) -> float | None:
        """90th percentile of the measurements; `None` without any."""
        return self._percentile(90)

    @property
    def p95_response_time(self) -> float | None:
        """95th percentile of the measurements; `None` without any."""
        return self._percentile(95)

    @property
    def p99_response_time(self) -> float | None:
        """99th percentile of the measurements; `None` without any."""
        return self._percentile(99)

    @property
    def max_response_time(self) -> float | None:
        """The longest of the measurements; `None` without any."""
        return max(self.measurements, default=None)

    def _percentile(self, percent: int) -> float | None:
        """Return the value at index `ceil(percent / 100 · (n - 1))` of the n sorted measurements."""
        if not self.measurements:
            return None
        index = -(-percent * (len(self.measurements) - 1) // 100)  # in integers, where nothing is rounded
        return sorted(self.measurements)[index]


def build_latency(turns: Sequence[TurnTiming], events: Iterable[VoiceEvent]) -> LatencyMetrics:
    """Return the latencies of a run.

    Args:
        turns: the turns of the agent in order.
        events: the timeline; its interruptions are looked at.
    """
    per_turn = [
        TurnLatency(turn.turn, _between(turn.user_stop, turn.agent_start), turn.user_stop, turn.agent_start)
        for turn in turns
    ]
    measurements = [turn.latency for turn in per_turn if turn.latency is not None and turn.latency >= 0]
    stopped = [time for time in stopping_times(events) if time is not None]
    return LatencyMetrics(
        measurements,
        measurements[0] if measurements else None,
        median(stopped) if stopped else None,
        per_turn=per_turn,
        interrupt_response_times=stopped,
        transport_ttfb=[_between(turn.last_byte_sent, turn.first_byte_received) for turn in turns],
    )


def stopping_times(events: Iterable[VoiceEvent]) -> list[float | None]:
    """Return how long the agent went on after each fired interruption; `None` where it did not stop."""
    facts = [event.metadata or {} for event in events if event.type == "user_interrupt"]
    return [fact.get("stopped_after") for fact in facts if str(fact.get("outcome", "")).startswith("fired")]


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start
