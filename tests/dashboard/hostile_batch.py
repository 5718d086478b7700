"""A report with the same text in every field, hostile or harmless."""

from __future__ import annotations

from scenario._report.document import ReportDocument

_STATUSES = ("broke", "held", "errored", "inconclusive")


def report_of(text, number):
    """Return a report that says `text` wherever a report says anything."""
    call = {"id": text, "type": "function", "function": {"name": text, "arguments": text}}
    talk = (
        {"role": "system", "content": text},
        {"role": "user", "content": text, "name": text},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": text}, {"type": text}],
            "tool_calls": [call],
        },
        {"role": "tool", "tool_call_id": text, "content": text},
        {"role": text, "content": text},
        {"role": "user", "content": text},
        {"role": "assistant", "content": text},
    )
    return ReportDocument(
        test_name=text,
        description=text,
        strategy=text,
        target=text,
        total_turns=4,
        attacker_model=text,
        metaprompt_model=text,
        criteria=(text, f"{text} b", f"{text} c"),
        passed_criteria=(f"{text} b",),
        failed_criteria=(text,),
        status=_STATUSES[number % 4],
        reasoning=text,
        total_time=1.0,
        messages=talk,
        failing_turn_index=2,
        failure_summary=text,
        suggestions=(text, text, text, text),
        severity="high",
        break_severity="partial",
        severity_rationale=text,
        break_rationale=text,
        timestamp=text,
        scores={1: 0, 2: 9, 3: None, 4: 4},
        max_score=9,
        first_breach_turn=2,
        backtracks=({"turn": 3, "attack": text, "refusal": text, "messages": list(talk[1:4])},),
        injections=({"turn": 2, "technique": text},),
        techniques_used={1: (text, text), 2: (text,)},
        attack_plan=text,
        disputed=True,
        judge_injection_suspected=True,
        needs_review=True,
        exchange_positions={1: 1, 2: 5},
        objective_id=text,
        trial=number,
        campaign=text,
        file_name=f"{number}.json",
    )


def cluster_of(text, number):
    """Return a cluster of fixes that says `text` everywhere."""
    return {
        "title": text,
        "description": text,
        "recommendations_rolled_up": 1 + number,
        "affected_tests": [text, f"{text} b"],
        "priority": ("high", "medium", "low")[number % 3],
    }
