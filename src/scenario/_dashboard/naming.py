"""How runs and numbers are called on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._dashboard.markup import Html, element, said, together

if TYPE_CHECKING:
    from scenario._report.document import ReportDocument


def name_of(report: ReportDocument) -> Html:
    """Return the name of a test, and which trial of it this was."""
    trial = None if report.trial is None else element("span", f" trial {report.trial}", class_="trial")
    return together(said(report.test_name or "unnamed test"), trial)


def plural(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
