"""Reads the fields of a report; what is missing or of another kind becomes the field's default."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_args

from scenario._report.document import BreakSeverity, Memory, ReportDocument, Severity, Status

_Choice = TypeVar("_Choice")

STATUSES: tuple[Status, ...] = get_args(Status)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
BREAK_SEVERITIES: tuple[BreakSeverity, ...] = get_args(BreakSeverity)
_MEMORIES: tuple[Memory, ...] = get_args(Memory)

_LARGEST = 10**9  # of turns and counters; more is no count
_LONGEST_TIME = 10.0**9


def document_from(data: Mapping[str, Any], *, file_name: str = "") -> ReportDocument:
    """Return the report that a JSON object holds; `plain()` has made its values harmless.

    Args:
        data: the object.
        file_name: where it was read from.
    """
    status: Status = choice(data.get("status"), STATUSES, "inconclusive")
    messages = objects(data.get("messages"))
    return ReportDocument(
        test_name=text(data.get("test_name")),
        description=text(data.get("description")),
        strategy=text(data.get("strategy")) or "unknown",
        target=text(data.get("target")),
        total_turns=count(data.get("total_turns")),
        attacker_model=text(data.get("attacker_model")),
        metaprompt_model=text(data.get("metaprompt_model")),
        criteria=texts(data.get("criteria")),
        passed_criteria=texts(data.get("passed_criteria")),
        failed_criteria=texts(data.get("failed_criteria")),
        status=status,
        success=data.get("success") is True,
        reasoning=text(data.get("reasoning")),
        total_time=seconds(data.get("total_time")),
        agent_time=seconds(data.get("agent_time")),
        messages=messages,
        failing_turn_index=exchange(data.get("failing_turn_index")),
        failure_summary=text(data.get("failure_summary")),
        suggestions=texts(data.get("suggestions")),
        severity=choice(data.get("severity"), SEVERITIES, "medium"),
        break_severity=choice(
            data.get("break_severity"), BREAK_SEVERITIES, "partial" if status == "broke" else "none"
        ),
        severity_rationale=text(data.get("severity_rationale")),
        break_rationale=text(data.get("break_rationale")),
        timestamp=text(data.get("timestamp")),
        schema_version=count(data.get("schema_version")) or 1,
        seed=_integer(data.get("seed")),
        scores={number: score(value) for number, value in _by_exchange(data.get("scores")).items()},
        max_score=score(data.get("max_score")),
        first_breach_turn=exchange(data.get("first_breach_turn")),
        successes_by_exchange={
            number: count(value) for number, value in _by_exchange(data.get("successes_by_exchange")).items()
        },
        backtracks=objects(data.get("backtracks")),
        memory=choice(data.get("memory"), _MEMORIES, "history_only"),
        injections=objects(data.get("injections")),
        techniques_used={
            number: texts(value) for number, value in _by_exchange(data.get("techniques_used")).items()
        },
        attack_plan=text(data.get("attack_plan")),
        parse_failures=count(data.get("parse_failures")),
        scorer_failures=count(data.get("scorer_failures")),
        attacker_refusals=count(data.get("attacker_refusals")),
        disputed=data.get("disputed") is True,
        judge_injection_suspected=data.get("judge_injection_suspected") is True,
        needs_review=data.get("needs_review") is True,
        exchange_positions=_positions(data.get("exchange_positions"), len(messages)),
        objective_id=text(data.get("objective_id")),
        trial=_integer(data.get("trial")),
        campaign=text(data.get("campaign")) or None,
        file_name=file_name,
    )


def text(value: Any) -> str:
    """Return a string, or `""`."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """Return the strings of a list that are not blank."""
    return tuple(item for item in _items(value) if isinstance(item, str) and item.strip())


def objects(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the objects of a list."""
    return tuple(cast("Mapping[str, Any]", item) for item in _items(value) if isinstance(item, Mapping))


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, or an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def count(value: Any) -> int:
    """Return a number of things, or 0."""
    number = _integer(value)
    return number if number is not None and 0 <= number <= _LARGEST else 0


def exchange(value: Any) -> int | None:
    """Return the number of an exchange, or `None`."""
    return count(value) or None


def score(value: Any) -> int | None:
    """Return a score from 0 to 10, or `None`."""
    number = _integer(value)
    return number if number is not None and 0 <= number <= 10 else None


def seconds(value: Any) -> float | None:
    """Return a duration, or `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= _LONGEST_TIME else None


def choice(value: Any, choices: tuple[_Choice, ...], default: _Choice) -> _Choice:
    """Return the choice that a value names, or the default."""
    named = value.strip().lower() if isinstance(value, str) else None
    return next((item for item in choices if item == named), default)


def _integer(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _by_exchange(value: Any) -> dict[int, Any]:
    """Return an object whose keys are numbers of exchanges, in their order."""
    if not isinstance(value, Mapping):
        return {}
    entries = cast("Mapping[str, Any]", value).items()
    # Nine digits are more than any run has; longer keys are no numbers of exchanges.
    numbered = {int(key): item for key, item in entries if key.isascii() and key.isdigit() and len(key) < 10}
    return {number: numbered[number] for number in sorted(numbered) if number}


def _positions(value: Any, messages: int) -> dict[int, int]:
    found = {number: _integer(index) for number, index in _by_exchange(value).items()}
    return {number: index for number, index in found.items() if index is not None and 0 <= index < messages}
