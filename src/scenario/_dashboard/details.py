"""What stands folded up on a card: the judgement, the attack, the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._dashboard.badges import icon
from scenario._dashboard.exchanges import exchanges_of, failing_exchange, withdrawn_exchanges
from scenario._dashboard.markup import NOTHING, Html, Node, block, element, hidden, said, together
from scenario._dashboard.naming import plural
from scenario._dashboard.score_curve import band_of
from scenario._dashboard.table import table
from scenario._dashboard.untrusted_text import cut
from scenario._media import elide_media
from scenario._red_team.response_text import response_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario._dashboard.exchanges import Exchange
    from scenario._report.document import ReportDocument

_LONGEST = 20_000  # characters of one text; the file has all of it
_ROLES: Mapping[str, str] = {"user": "Attacker", "assistant": "Agent", "tool": "Tool", "system": "System"}
_MET = "M3 8.5l3.2 3.2L13 4.8"
_UNMET = "M4 4l8 8M12 4l-8 8"
_OPEN = "M4 8h8"


def judgement_details(report: ReportDocument) -> Html:
    """Return objective, criteria, the judge's reasoning, the rationales and all suggestions."""
    suggestions = (
        element("ol", *[_text(text, "li") for text in report.suggestions]) if report.suggestions else None
    )
    return _details(
        "Judgement and advice",
        *_part("Objective", report.target),
        *_part("Situation", report.description),
        *_titled("Criteria", _criteria(report)),
        *_part("Judge's reasoning", report.reasoning),
        *_part("Why this severity", report.severity_rationale),
        *_part("Why this break severity", report.break_rationale),
        *_titled("All suggestions", suggestions),
    )


def attack_details(report: ReportDocument) -> Html:
    """Return the exchanges with scores and techniques, what was taken back, the plan and the settings."""
    withdrawn = [_withdrawn(exchange) for exchange in withdrawn_exchanges(report)]
    return _details(
        "Attack",
        *_titled("Exchanges", _exchanges(report)),
        *_titled("Taken back after a refusal", together(*withdrawn) if withdrawn else None),
        *_part("Attack plan", report.attack_plan),
        *_titled("Settings", _settings(report)),
    )


def transcript_details(report: ReportDocument) -> Html:
    """Return the whole conversation, the failing exchange marked."""
    failing = failing_exchange(report)
    exchanges = [
        _transcript(exchange, is_failing=exchange.number == failing) for exchange in exchanges_of(report)
    ]
    empty = element("p", "There is no conversation.", class_="note")
    return _details(f"Transcript ({plural(len(report.messages), 'message')})", *(exchanges or [empty]))


def _details(name: str, *children: Node) -> Html:
    return element("details", element("summary", name), element("div", *children, class_="details-body"))


def _titled(title: str, content: Html | None) -> tuple[Node, ...]:
    return () if content is None else (element("h4", title), content)


def _part(title: str, text: str) -> tuple[Node, ...]:
    return _titled(title, _text(text)) if text.strip() else ()


def _text(text: str, tag: str = "p") -> Html:
    return block(cut(elide_media(text), _LONGEST), tag)


def _criteria(report: ReportDocument) -> Html | None:
    passed, failed = set(report.passed_criteria), set(report.failed_criteria)
    every = dict.fromkeys((*report.criteria, *report.passed_criteria, *report.failed_criteria))

    def item(criterion: str) -> Html:
        sign, word = (_OPEN, "not judged")
        if criterion in failed:
            sign, word = (_UNMET, "not met")
        elif criterion in passed:
            sign, word = (_MET, "met")
        kind = word.replace(" ", "-")
        return element(
            "li",
            element("span", icon(sign), word, class_=f"badge {kind}"),
            element("span", cut(criterion, _LONGEST), class_="said", dir="auto"),
        )

    return element("ul", *[item(criterion) for criterion in every], class_="criteria") if every else None


def _exchanges(report: ReportDocument) -> Html | None:
    withdrawn = {exchange.number for exchange in withdrawn_exchanges(report)}
    injected = {
        turn: entry.get("technique")
        for entry in report.injections
        if isinstance(turn := entry.get("turn"), int)
    }
    numbers = sorted({*report.scores, *report.techniques_used, *withdrawn, *injected} - {0})
    if not numbers:
        return None
    failing = failing_exchange(report)

    def row(number: int) -> tuple[Node, ...]:
        score = report.scores.get(number)
        notes = [
            "failing" if number == failing else "",
            "taken back" if number in withdrawn else "",
            f"sent as {injected[number]}" if number in injected else "",
        ]
        techniques = ", ".join(report.techniques_used.get(number, ()))
        return (
            str(number),
            "not scored" if score is None else f"{score} of 10, {band_of(score)}",
            said(techniques),
            said(", ".join(filter(None, notes))),
        )

    return table(
        "Exchanges of the attack", ("Exchange", "Score", "Techniques", "Notes"), [row(n) for n in numbers]
    )


def _withdrawn(exchange: Exchange) -> Html:
    return element(
        "div",
        element("p", f"Exchange {exchange.number}", class_="exchange-name"),
        *_messages(exchange.messages),
        class_="exchange withdrawn",
    )


def _transcript(exchange: Exchange, *, is_failing: bool) -> Html:
    name = f"Exchange {exchange.number}" if exchange.number else "Before the attack"
    mark = element("span", icon(_UNMET), "failing exchange", class_="badge broke") if is_failing else None
    return element(
        "div",
        element("p", name, mark, class_="exchange-name"),
        *_messages(exchange.messages),
        class_="exchange failing" if is_failing else "exchange",
    )


def _messages(messages: Sequence[Mapping[str, Any]]) -> list[Html]:
    return [_message(message) for message in messages]


def _message(message: Mapping[str, Any]) -> Html:
    role = str(message.get("role") or "")
    name = _ROLES.get(role, role or "Unknown")
    # Of an agent's message also the tools it called.
    text = response_text([dict(message)]) if role == "assistant" else visible_text(message.get("content"))
    return element(
        "div",
        element("p", said(name), hidden(" said:"), class_="role"),
        _text(text) if text else element("p", "Nothing.", class_="note"),
        class_=f"message {role}" if role in _ROLES else "message",
    )


def _settings(report: ReportDocument) -> Html:
    memory = {"adapter": "told of what was taken back", "history_only": "may remember what was taken back"}
    facts: list[tuple[str, Node]] = [
        ("Attacker", said(report.attacker_model)),
        ("Planner and scorer", said(report.metaprompt_model)),
        ("Seed", NOTHING if report.seed is None else str(report.seed)),
        ("Exchanges planned", f"{report.total_turns:,}"),
        ("Agent's memory", memory[report.memory]),
        ("Attacker refused", f"{report.attacker_refusals:,} times"),
        ("Unreadable attacks", f"{report.parse_failures:,}"),
        ("Scorer failures", f"{report.scorer_failures:,}"),
        ("Time in the agent", NOTHING if report.agent_time is None else f"{report.agent_time:,.1f} s"),
        ("Saved", said(report.timestamp)),
        ("Objective's id", said(report.objective_id)),
        ("Campaign", said(report.campaign or "")),
        ("File", said(report.file_name)),
    ]
    items = [element("div", element("dt", word), element("dd", value)) for word, value in facts]
    return element("dl", *items, class_="facts")
