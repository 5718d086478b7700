"""The page as one self-contained text: no remote content, no script or style but its own."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scenario._dashboard import overview
from scenario._dashboard.badges import STATUS_WORDS
from scenario._dashboard.batch import STATUSES
from scenario._dashboard.card import card
from scenario._dashboard.fixes_section import fixes_section
from scenario._dashboard.markup import Html, element

if TYPE_CHECKING:
    from scenario._dashboard.batch import Batch
    from scenario._dashboard.fixes_section import FixesButton
    from scenario._report.fixes import CachedFixes

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath fill='%232453b8' d='M8 1l6 2.2v4.6c0 3.5-2.4 6.2-6 7.4-3.6-1.2-6-3.9-6-7.4V3.2z'/%3E%3C/svg%3E"
)


def render(batch: Batch, fixes: CachedFixes, button: FixesButton | None = None) -> str:
    """Return the page of a batch.

    Args:
        batch: the runs.
        fixes: their cached fixes.
        button: how to have the fixes regenerated; `None` for a page in a file.
    """
    body = element(
        "body",
        element("a", "Skip to the runs", href="#runs", class_="skip"),
        overview.heading(batch),
        element(
            "main",
            overview.summary(batch),
            overview.tests(batch) if batch.reports else None,
            overview.counts(batch),
            overview.rates(batch),
            fixes_section(fixes, button) if batch.findings else None,
            _runs(batch),
        ),
        _foot(),
        element("script", _asset("script.js")),
    )
    document = element("html", _head(batch.name, is_served=button is not None), body, lang="en")
    return f"<!doctype html>\n{document}\n"


def content_security_policy(*, is_served: bool) -> str:
    """Return the policy of the page: its own style and script, by hash, and nothing from anywhere.

    Args:
        is_served: whether the page may call the server that it came from.
    """
    rules = [
        "default-src 'none'",
        f"style-src {_hash(_asset('style.css'))}",
        f"script-src {_hash(_asset('script.js'))}",
        "img-src data:",  # the icon in the browser's tab
        *(["connect-src 'self'"] if is_served else []),
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ]
    return "; ".join(rules)


def _head(name: str, *, is_served: bool) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element(
            "meta", http_equiv="Content-Security-Policy", content=content_security_policy(is_served=is_served)
        ),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"Red-team report: {name}"),
        element("link", rel="icon", href=_ICON),
        element("style", _asset("style.css")),
    )


def _runs(batch: Batch) -> Html:
    cards = [card(report, number) for number, report in enumerate(batch.reports, 1)]
    empty = element("p", "There are no reports in this batch.", class_="note")
    return element(
        "section",
        element("h2", "Runs", id="runs", tabindex="-1"),
        _toolbar(batch) if len(cards) > 1 else None,
        *(cards or [empty]),
        aria_labelledby="runs",
        class_="section-runs",
    )


def _toolbar(batch: Batch) -> Html:
    """Return the filters; the script shows them, because without it they would do nothing."""
    choices = [("", f"All {len(batch.reports)}")]
    choices += [
        (status, f"{STATUS_WORDS[status]} {batch.counts[status]}")
        for status in STATUSES
        if batch.counts[status]
    ]
    buttons = [
        element("button", words, type="button", data_show=status, aria_pressed="false" if status else "true")
        for status, words in choices
    ]
    fold = element("button", "Unfold all details", type="button", id="unfold")
    return element(
        "div",
        element("div", *buttons, role="group", aria_label="Show runs", class_="filters"),
        fold,
        element("p", role="status", id="shown", class_="only-read"),
        hidden=True,
        id="toolbar",
    )


def _foot() -> Html:
    note = (
        "Risk is the severity of a scenario by how far the agent failed in it. Severity, break and scores "
        "are graded by a model: take them as a triage, and read the transcript before you act."
    )
    return element(
        "footer",
        element("p", note),
        element(
            "p",
            "What attackers and agents wrote is shown as plain text; invisible characters appear as ",
            element("span", "U+202E", class_="code-point"),
            ".",
        ),
    )


@cache
def _asset(name: str) -> Html:
    # Ours, so it is markup as it stands; a test keeps "</" out of both.
    return Html(Path(__file__).with_name(name).read_text("utf-8"))


@cache
def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
