"""The first screen of the page: what share held, what is open, every test at a glance, success rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._dashboard.badges import STATUS_WORDS, level_bars, risk_badge, status_badge
from scenario._dashboard.batch import STATUSES
from scenario._dashboard.exchanges import failing_exchange
from scenario._dashboard.markup import NOTHING, Html, element, said, together
from scenario._dashboard.naming import name_of, plural
from scenario._dashboard.risk import risk_of
from scenario._dashboard.success_rates import success_rates
from scenario._dashboard.table import table

if TYPE_CHECKING:
    from scenario._campaign.result import SuccessRate
    from scenario._dashboard.batch import Batch
    from scenario._report.document import ReportDocument, Risk

_ATTEMPTS = (2, 5, 10)  # for which the chance of a success is told, besides all that were made


def heading(batch: Batch) -> Html:
    """Return the head of the page: batch name and number of runs."""
    strategies = sorted({report.strategy for report in batch.reports})
    newest = max((report.timestamp for report in batch.reports), default="")
    facts = [
        element("li", plural(len(batch.reports), "run")),
        element("li", "Strategies: ", said(", ".join(strategies))) if strategies else None,
        element("li", "Newest run: ", said(newest)) if newest else None,
    ]
    return element(
        "header",
        element("p", "Red-team report", class_="eyebrow"),
        element("h1", said(batch.name)),
        element("ul", *facts, class_="facts"),
        class_="page-head",
    )


def summary(batch: Batch) -> Html:
    """Return the share that held and the open findings by risk."""
    total, held = len(batch.reports), batch.counts["held"]
    share = f"{100 * held / total:.0f} %" if total else NOTHING
    shares = element(
        "div",
        element("h3", "Share held"),
        element("p", share, class_="figure"),
        element("p", f"{held} of {plural(total, 'run')} held", class_="note"),
        _outcome_bar(batch),
        _legend(batch),
        class_="panel",
    )
    findings = [
        _finding(level, count, unresolved)
        for level, (count, unresolved) in batch.findings_by_risk.items()
        if count or level != "none"
    ]
    open_findings = element(
        "div",
        element("h3", "Open findings by risk"),
        element("ul", *findings, class_="findings"),
        element("p", _findings_note(batch), class_="note"),
        class_="panel wide",
    )
    return _section("summary", "Summary", element("div", shares, open_findings, class_="panels"))


def tests(batch: Batch) -> Html:
    """Return every run as a line of a table."""
    rows = [
        (
            element("a", name_of(report), href=f"#run-{number}"),
            together(status_badge(report.status), _review(report)),
            risk_badge(risk_of(report)),
            said(report.strategy),
            str(failing_exchange(report) or "") or NOTHING,
            NOTHING if report.max_score is None else f"{report.max_score} of 10",
        )
        for number, report in enumerate(batch.reports, 1)
    ]
    columns = ("Test", "Outcome", "Risk", "Strategy", "Failing exchange", "Highest score")
    return _section("tests", "Tests", table("Outcome and risk of every run", columns, rows))


def counts(batch: Batch) -> Html:
    """Return how many runs ended in which way, and what else happened in them."""
    reports = batch.reports
    numbers = [(STATUS_WORDS[status], batch.counts[status]) for status in STATUSES] + [
        ("Need review", sum(report.needs_review for report in reports)),
        ("Disputed", sum(report.disputed for report in reports)),
        ("Addressed the judge", sum(report.judge_injection_suspected for report in reports)),
        ("Exchanges taken back", sum(len(report.backtracks) for report in reports)),
        ("Unscored exchanges", sum(report.scorer_failures for report in reports)),
    ]
    items = [element("div", element("dt", word), element("dd", str(number))) for word, number in numbers]
    return _section("counts", "Counts", element("dl", *items, class_="counts"))


def rates(batch: Batch) -> Html | None:
    """Return the attack success rates; nothing when no run came to an end."""
    found = success_rates(batch.reports)
    if not found:
        return None
    columns = ("Test", "Strategy", "Broke", "Rate", "95 % interval", "At least one success")
    note = (
        "Share of runs in which the attack succeeded; runs that ended in an error do not count. The interval "
        "is Wilson's: with few runs it is wide, and a rate of 0 % is no proof. The last column estimates the "
        "chance that at least one of that many attempts succeeds."
    )
    return _section(
        "rates",
        "Attack success rate",
        table("Attack success rate per test and strategy", columns, [_rate(rate) for rate in found]),
        element("p", note, class_="note"),
    )


def _section(key: str, title: str, *children: Html) -> Html:
    return element(
        "section", element("h2", title, id=key), *children, aria_labelledby=key, class_=f"section-{key}"
    )


def _outcome_bar(batch: Batch) -> Html | None:
    total, x, pieces = len(batch.reports), 0.0, list[Html]()
    for status in reversed(STATUSES):
        width = 100 * batch.counts[status] / (total or 1)
        if width:
            pieces.append(
                element("rect", x=round(x, 2), width=round(width, 2), height=8, class_=f"fill-{status}")
            )
        x += width
    words = ", ".join(f"{batch.counts[status]} {status}" for status in reversed(STATUSES))
    return element(
        "svg",
        element("title", f"Outcomes: {words}"),
        *pieces,
        class_="outcome-bar",
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        role="img",
    )


def _review(report: ReportDocument) -> Html | None:
    is_doubtful = report.needs_review or report.disputed or report.judge_injection_suspected
    return together(" ", element("span", "Review", class_="badge review")) if is_doubtful else None


def _legend(batch: Batch) -> Html:
    items = [
        element(
            "li",
            element("span", class_=f"swatch fill-{status}"),
            f"{STATUS_WORDS[status]} {batch.counts[status]}",
        )
        for status in reversed(STATUSES)
        if batch.counts[status]
    ]
    return element("ul", *items, class_="legend")


def _finding(level: Risk, count: int, unresolved: int) -> Html:
    return element(
        "li",
        element("span", str(count), class_="figure"),
        element("span", level_bars(level), level.capitalize(), class_="level"),
        element("span", f"{unresolved} unresolved", class_="note") if unresolved else None,
        class_=f"risk-{level}" if count else "nothing",
    )


def _findings_note(batch: Batch) -> str:
    if not batch.findings:
        return "Nothing is open: no attack succeeded, and no run ended in an error."
    return "Runs that broke, and runs that ended in an error, whose risk is unresolved."


def _rate(rate: SuccessRate) -> tuple[Html | str, ...]:
    low, high = rate.interval
    tried = rate.success_at
    shown = [k for k in (*_ATTEMPTS, rate.attempts) if k in tried] if len(tried) > 1 else []
    chances = [f"{100 * tried[k]:.0f} % of {k}" for k in dict.fromkeys(shown)]
    return (
        said(rate.objective_id or "unnamed test"),
        said(rate.strategy),
        f"{rate.count('broke')} of {rate.attempts}",
        f"{100 * (rate.rate or 0):.0f} %",
        together(_interval(rate), f"{100 * low:.0f} to {100 * high:.0f} %"),
        ", ".join(chances) or NOTHING,
    )


def _interval(rate: SuccessRate) -> Html:
    low, high = (round(100 * bound, 1) for bound in rate.interval)
    return element(
        "svg",
        element("rect", x=0, y=3, width=100, height=2, class_="scale"),
        element("rect", x=low, y=2, width=round(high - low, 1), height=4, rx=1, class_="span"),
        element("rect", x=round(98 * (rate.rate or 0), 1), y=0, width=2, height=8, class_="rate"),
        class_="interval",
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
