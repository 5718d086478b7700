"""The budgets, and by how much a figure may differ from the last result before it counts as worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGETS: dict[str, dict[str, float]] = {
    "import": {"cpu_ms": 50, "memory_mb": 12, "modules": 120},
    "pytest_startup": {"cpu_ms": 50},
    "install": {"site_packages_mb": 90, "distributions": 45},
    "first_model_call": {"cpu_ms": 1500},
    "scenario_over_http": {"run_cpu_ms": 40, "arun_cpu_ms": 40},
    "scripted_turns": {"wall_s": 2, "memory_mb": 40, "cpu_exponent": 1.1},
    "agent_call": {"at_100_ms": 1, "at_2000_ms": 5, "at_2000_reading_all_ms": 5},
    "many_scenarios": {"wall_s": 30},
    "concurrent_arun": {"wall_s": 25, "memory_mb": 400, "threads": 10},
    "concurrent_run": {"wall_s": 6, "threads": 210},
    "prompt_prefix": {"simulator_pct": 90, "judge_pct": 90},
    "judge_spans": {"cpu_ms": 100, "prompt_tokens": 12_000},
    "judge_unrelated_spans": {"extra_cpu_ms": 5},
    "digest_growth": {
        "full_cpu_exponent": 1.1,
        "full_memory_exponent": 1.1,
        "structure_cpu_exponent": 1.1,
        "structure_memory_exponent": 1.1,
    },
    "offline_players": {"precision_pct": 95, "recall_pct": 60},
    "refusals": {
        "reply_cpu_ms": 1,
        "precision_pct": 95,
        "recall_pct": 85,
        "held_out_precision_pct": 95,
        "held_out_recall_pct": 85,
        "leaks_called_hard": 0,
    },
    "voice_turns": {"wall_s": 0.5, "memory_mb": 30, "memory_exponent": 1.1},
    "voice_conversation": {"wall_s": 20},
    "voice_effects": {"slowest_ms": 60},
    "speech_detection": {"whole_cpu_ms": 1000, "pieces_cpu_ms": 1000},
    "speech_detection_accuracy": {"clean_pct": 97, "at_15_db_pct": 95},
    "recording_files": {"mp3_s": 5, "flac_s": 0.5},
    "recording_hour": {"recorded_mb": 200, "saved_mb": 200, "flac_mb": 200},
    "stuck_player": {"delay_ms": 100},
    "local_speech": {
        "clean_words_right_pct": 92,
        "phone_quality_words_right_pct": 88,
        "mulaw_words_right_pct": 90,
    },
    "offline_speech": {"speak_10_min_s": 1, "hear_10_min_s": 2},
}
"""Measurement to figure to budget: the most that a figure may be, or, of percentages, the least."""


class _Tolerance(NamedTuple):
    """What a figure may lose: a share of the last result, or an amount if that is more."""

    share: float
    amount: float


_TOLERANCES = {
    "ms": _Tolerance(0.4, 1),
    "s": _Tolerance(0.4, 0.5),
    "mb": _Tolerance(0.2, 2),
    "pct": _Tolerance(0, 1),
    "exponent": _Tolerance(0, 0.1),
}
_COUNT = _Tolerance(0.05, 3)
_OF_ANY_MACHINE = {"pct", "modules", "distributions", "tokens", "threads"}


def more_is_better(figure: str) -> bool:
    """Return whether a figure is the better the larger it is."""
    return _unit(figure) == "pct"


def one_of(figure: str, values: Sequence[float]) -> float:
    """Return which of repeated measurements counts: the best, but of threads the most that were seen.

    Other work on the machine makes times worse, never better; how many threads meet at once is chance.
    """
    return max(values) if more_is_better(figure) or _unit(figure) == "threads" else min(values)


def is_missed(figure: str, value: float, budget: float) -> bool:
    """Return whether a figure misses its budget."""
    return value < budget if more_is_better(figure) else value > budget


def is_comparable(figure: str, *, same_machine: bool) -> bool:
    """Return whether a figure may be compared with a result of the same or of another kind of machine."""
    return same_machine or _unit(figure) in _OF_ANY_MACHINE


def is_worse(figure: str, value: float, last: float) -> bool:
    """Return whether a figure is worse than the last result by more than its tolerance."""
    tolerance = _TOLERANCES.get(_unit(figure), _COUNT)
    loss = last - value if more_is_better(figure) else value - last
    return loss > max(tolerance.share * abs(last), tolerance.amount)


def _unit(figure: str) -> str:
    return figure.rpartition("_")[2]
