"""Latencies of turns, their percentiles, and how fast an interrupted agent stops."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice import LatencyMetrics, VoiceEvent
from scenario.voice._recording.latency import TurnLatency, TurnTiming, build_latency

SECONDS = st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=120)


def interruption(stopped_after: float | None, outcome: str = "fired_after_speech") -> VoiceEvent:
    return VoiceEvent(1.0, "user_interrupt", metadata={"outcome": outcome, "stopped_after": stopped_after})


@given(SECONDS)
def test_percentiles_follow_the_index_rule(measured):
    latency = LatencyMetrics(measured)
    ordered = sorted(measured)
    for percent in (90, 95, 99):
        index = min(len(ordered) - 1, math.ceil(percent / 100 * (len(ordered) - 1)))
        assert getattr(latency, f"p{percent}_response_time") == ordered[index]
    assert latency.p50_response_time == statistics.median(measured)
    assert latency.avg_response_time == pytest.approx(sum(measured) / len(measured))
    assert latency.max_response_time == ordered[-1]


def test_without_measurements_there_are_no_figures():
    latency = LatencyMetrics()
    for name in ("avg", "p50", "p90", "p95", "p99", "max"):
        assert getattr(latency, f"{name}_response_time") is None
    assert (latency.time_to_first_byte, latency.interrupt_response_time) == (None, None)


def test_two_of_them_share_no_list():
    LatencyMetrics().measurements.append(1.0)
    assert LatencyMetrics().measurements == []


def test_every_turn_is_told_and_only_answers_are_measured():
    latency = build_latency(
        [
            TurnTiming(1, None, 0.5, None, 0.4),  # the agent greets
            TurnTiming(2, 2.0, 2.75, 1.5, 1.75),
            TurnTiming(3, 6.0, 5.5, 5.0, 5.25),  # it talks over the user
            TurnTiming(4, 9.0, None, 9.0, None),  # it never answers
            TurnTiming(5, 12.0, 12.5, 12.0, 12.25),
        ],
        [],
    )
    assert latency.measurements == [0.75, 0.5]
    assert latency.time_to_first_byte == 0.75
    assert latency.per_turn == [
        TurnLatency(1, None, None, 0.5),
        TurnLatency(2, 0.75, 2.0, 2.75),
        TurnLatency(3, -0.5, 6.0, 5.5),
        TurnLatency(4, None, 9.0, None),
        TurnLatency(5, 0.5, 12.0, 12.5),
    ]
    assert latency.transport_ttfb == [None, 0.25, 0.25, None, 0.25]


def test_only_fired_interruptions_count():
    latency = build_latency(
        [],
        [
            interruption(0.2),
            interruption(0.0, "fired_before_speech"),
            interruption(None),
            interruption(0.9, "pending_done"),
            interruption(0.9, "no_adapter"),
            interruption(0.6),
            VoiceEvent(2.0, "agent_interrupt", metadata={"overlap": 1.0}),
            VoiceEvent(3.0, "user_interrupt"),
        ],
    )
    assert latency.interrupt_response_times == [0.2, 0.0, 0.6]
    assert latency.interrupt_response_time == 0.2
