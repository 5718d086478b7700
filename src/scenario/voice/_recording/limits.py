"""Upper limits on figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenario.voice._recording.metrics import VoiceMetrics

_OF_CONVERSATION = (
    "user_talk",
    "agent_talk",
    "talk_over",
    "talk_over_ratio",
    "silence",
    "longest_silence",
    "interruptions",
    "interruptions_stopped",
    "agent_interruptions",
    "words_per_minute",
    "wer",
)
_OF_LATENCY = (
    "time_to_first_byte",
    "avg_response_time",
    "p50_response_time",
    "p90_response_time",
    "p95_response_time",
    "p99_response_time",
    "max_response_time",
    "interrupt_response_time",
    "interrupt_response_times",
    "measurements",
    "transport_ttfb",
)
_OF_INTERRUPTIONS = ("interrupt_response_time", "interrupt_response_times")


def exceeded(limits: Mapping[str, float], metrics: VoiceMetrics) -> list[str]:
    """Return a line for each limit that is exceeded.

    Raises:
        TypeError: a name is not that of a figure.
    """
    if unknown := sorted(set(limits) - {*_OF_CONVERSATION, *_OF_LATENCY}):
        raise TypeError(f"no figure is named {unknown}; there are {[*_OF_CONVERSATION, *_OF_LATENCY]}")
    return [line for name, limit in limits.items() for line in _exceeding(name, limit, metrics)]


def _exceeding(name: str, limit: float, metrics: VoiceMetrics) -> Iterator[str]:
    value = getattr(metrics if name in _OF_CONVERSATION else metrics.latency, name, None)
    if name in _OF_INTERRUPTIONS:
        if not metrics.interruptions:
            return
        stopped = len(metrics.latency.interrupt_response_times) if metrics.latency else 0
        if missing := metrics.interruptions - stopped:
            yield f"{name}: the agent did not stop after {missing} of {metrics.interruptions} interruptions"
            if not stopped:
                return
    measured = [(where, number) for where, number in _numbers(value) if number is not None]
    if not measured:
        hint = "; await compute_wer() first" if name == "wer" else ""
        yield f"{name}: not measured, limit {limit:g}{hint}"
    for where, number in measured:
        if not number <= limit:
            yield f"{name}{where} {number:.4g}, limit {limit:g}"


def _numbers(value: Any) -> list[tuple[str, float | None]]:
    """Return the numbers of a figure, and which one each is."""
    if _is_by_speaker(value):
        return [(f" of the {speaker}:", number) for speaker, number in value.items()]
    if _is_list(value):
        return [(f"[{index}]:", number) for index, number in enumerate(value)]
    return [(":", value)]


def _is_by_speaker(value: Any) -> TypeGuard[Mapping[str, float | None]]:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[list[float | None]]:
    return isinstance(value, list)
