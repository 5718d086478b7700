"""Puts together the report of a run, without its analysis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from scenario._media import elide_media
from scenario._model.secrets import redact
from scenario._report.document import ReportDocument, status_of
from scenario._report.fields import objects
from scenario._report.naming import strategy_label
from scenario._report.plain import plain
from scenario._report.redaction import keys_of
from scenario._report.transcript import exchange_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenario._report.ending import Ending
    from scenario.red_team_agent import RedTeamAgent

_TRACE = "trace_id"


def build_report(
    red_team: RedTeamAgent,
    ending: Ending,
    *,
    test_name: str,
    criteria: Sequence[str] | None,
    description: str | None,
) -> ReportDocument:
    """Return the report of a run; `consistent()` or the analysis completes it.

    Args:
        red_team: the attacker of the run.
        ending: how the run ended.
        test_name: the scenario's name.
        criteria: what the judge was asked; `None`: what the result says of it.
        description: the situation.
    """
    record, result = red_team.record(), ending.result
    messages = _messages(ending.messages)
    raised = ending.error is not None or result is None
    passed = ending.passed_criteria if result is None else result.passed_criteria
    failed = ending.failed_criteria if result is None else result.failed_criteria
    status = status_of(result, error=ending.error, error_kind=ending.error_kind, has_messages=bool(messages))
    judged = [*passed, *failed] if result is None else [verdict.criterion for verdict in result.criteria]
    return ReportDocument(
        test_name=test_name,
        description=description or "",
        strategy=strategy_label(record.strategy),
        target=record.target,
        total_turns=record.total_turns,
        attacker_model=record.attacker_model,
        metaprompt_model=record.metaprompt_model,
        criteria=tuple(criteria if criteria is not None else judged or [*passed, *failed]),
        passed_criteria=tuple(passed),
        failed_criteria=tuple(failed),
        status=status,
        success=not raised and result is not None and result.success,
        reasoning=_reasoning(red_team, ending),
        total_time=_first(result and result.total_time, ending.total_time),
        agent_time=_first(result and result.agent_time, ending.agent_time),
        messages=messages,
        timestamp=datetime.now().astimezone().isoformat(timespec="seconds"),
        seed=record.seed,
        scores=record.scores,
        max_score=record.max_score,
        first_breach_turn=record.first_breach_turn,
        successes_by_exchange=record.successes_by_exchange,
        backtracks=tuple(
            {**backtrack, "messages": _messages(backtrack.get("messages", ()))}
            for backtrack in record.backtracks
        ),
        memory=record.memory,
        injections=record.injections,
        techniques_used=record.techniques_used,
        attack_plan=record.attack_plan,
        parse_failures=record.parse_failures,
        scorer_failures=record.scorer_failures,
        attacker_refusals=record.attacker_refusals,
        # In a script of the author's own, or of a last exchange that is scored for the report only.
        disputed=record.disputed or (status == "held" and record.first_breach_turn is not None),
        judge_injection_suspected=record.judge_injection_suspected,
        exchange_positions=exchange_positions(
            messages, record.attacks, [backtrack["turn"] for backtrack in record.backtracks]
        ),
        objective_id=str(getattr(red_team, "objective_id", None) or ""),
        trial=getattr(red_team, "trial", None),
        campaign=getattr(red_team, "campaign", None),
    )


def _reasoning(red_team: RedTeamAgent, ending: Ending) -> str:
    if ending.error is not None:
        # Errors quote requests: here everything that looks like a key goes.
        keys = keys_of((red_team.attacker_settings, red_team.metaprompt_settings))
        return redact(f"EXCEPTION: {ending.error}", keys)
    return (ending.result.reasoning if ending.result else None) or ""


def _messages(messages: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return messages as they are kept: without traces, with notes in place of recordings and pictures."""
    kept = ({key: value for key, value in message.items() if key != _TRACE} for message in messages)
    return objects(plain([_without_media(message) for message in kept]))


def _without_media(message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    light = {**message, "audio": elided(message["audio"])} if "audio" in message else message
    if not isinstance(content, list):
        return light
    parts = cast("list[Any]", content)
    return {**light, "content": [part if _is_text(part) else elided(part) for part in parts]}


def _is_text(part: Any) -> bool:
    # Text stays as it is: an attack may be written in Base64.
    return not isinstance(part, Mapping) or cast("Mapping[str, Any]", part).get("type") == "text"


def elided(value: Any) -> Any:
    """Return a value with notes in place of Base64."""
    return plain(value, elide_media)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
