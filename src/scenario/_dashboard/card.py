"""One run on the page: what happened, what to do, and behind it everything that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._dashboard.badges import icon, risk_badge, status_badge
from scenario._dashboard.details import attack_details, judgement_details, transcript_details
from scenario._dashboard.exchanges import decisive_exchange, failing_exchange, withdrawn_exchanges
from scenario._dashboard.markup import NOTHING, Html, block, element, said
from scenario._dashboard.naming import name_of
from scenario._dashboard.risk import risk_of
from scenario._dashboard.score_curve import score_curve
from scenario._dashboard.untrusted_text import cut

if TYPE_CHECKING:
    from scenario._report.document import ReportDocument

_SIDE = 600  # characters of each side of the decisive exchange
_TOP_SUGGESTIONS = 3
_SUMMARY = 2_000
_WARNING = "M8 2.5L14.5 13.5h-13zM8 6.5v3.5M8 11.6v.6"


def card(report: ReportDocument, number: int) -> Html:
    """Return the card of a run.

    Args:
        report: the run.
        number: its place on the page, from 1; the card's id is `run-{number}`.
    """
    key = f"run-{number}"
    title = f"{key}-name"
    return element(
        "article",
        element("div", status_badge(report.status), risk_badge(risk_of(report)), class_="badges"),
        element("h3", name_of(report), id=title),
        _facts(report),
        _doubts(report),
        element("div", _findings(report), _curve(report, key), class_="card-body"),
        _decisive(report),
        judgement_details(report),
        attack_details(report),
        transcript_details(report),
        id=key,
        tabindex="-1",
        class_=f"card {report.status}",
        aria_labelledby=title,
        data_status=report.status,
    )


def _facts(report: ReportDocument) -> Html:
    failing = failing_exchange(report)
    exchange = f"{failing} of {report.total_turns}" if failing and report.total_turns else str(failing or "")
    facts: list[tuple[str, Html | str]] = [
        ("Severity", report.severity.capitalize()),
        ("Break", report.break_severity.capitalize()),
        ("Strategy", said(report.strategy)),
        ("Failing exchange", exchange or NOTHING),
        ("Time", NOTHING if report.total_time is None else f"{report.total_time:,.1f} s"),
        ("Attacker", said(report.attacker_model)),
    ]
    items = [element("div", element("dt", word), element("dd", value)) for word, value in facts]
    return element("dl", *items, class_="facts")


def _doubts(report: ReportDocument) -> Html | None:
    notes = {
        "The judge passed although the analysis sees that the agent failed: review this run yourself.": (
            report.needs_review
        ),
        "Disputed: the judge passed although the scorer saw the objective reached.": report.disputed,
        "A response speaks to whoever judges it; the verdict may have been steered.": (
            report.judge_injection_suspected
        ),
    }
    held = [note for note, holds in notes.items() if holds]
    items = [element("li", icon(_WARNING), element("span", note)) for note in held]
    return element("ul", *items, class_="doubts") if items else None


def _findings(report: ReportDocument) -> Html:
    summary = report.failure_summary or report.reasoning
    suggestions = [block(cut(text, _SIDE), "li") for text in report.suggestions[:_TOP_SUGGESTIONS]]
    return element(
        "div",
        element("h4", "What happened"),
        block(cut(summary, _SUMMARY)) if summary else element("p", "No summary was made.", class_="note"),
        element("h4", "Suggestions") if suggestions else None,
        element("ol", *suggestions, class_="suggestions") if suggestions else None,
        class_="findings-text",
    )


def _curve(report: ReportDocument, key: str) -> Html | None:
    withdrawn = {exchange.number for exchange in withdrawn_exchanges(report)}
    curve = score_curve(report.scores, failing=failing_exchange(report), withdrawn=withdrawn, key=key)
    if curve is None:
        return None
    caption = (
        f"Score per exchange, highest {report.max_score} of 10" if report.max_score is not None else "Scores"
    )
    if report.first_breach_turn is not None:
        caption += f"; first breach in exchange {report.first_breach_turn}"
    if withdrawn & report.scores.keys():
        caption += "; hollow points were taken back"
    return element("figure", curve, element("figcaption", caption))


def _decisive(report: ReportDocument) -> Html | None:
    found = decisive_exchange(report)
    if found is None:
        return None
    exchange, name = found
    name += ", taken back" if exchange.is_withdrawn else ""
    return element(
        "div",
        element("h4", name),
        element(
            "div",
            _side("Attack", exchange.attack, "attack"),
            _side("Response", exchange.response, "response"),
            class_="sides",
        ),
        class_="decisive",
    )


def _side(name: str, text: str, class_: str) -> Html:
    shown = text if len(text) <= _SIDE else f"{text[:_SIDE].rstrip()} …"
    words = block(shown) if text else element("p", "Nothing.", class_="note")
    return element("div", element("h5", name), words, class_=f"side {class_}")
