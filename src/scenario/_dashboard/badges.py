"""Small signs for outcomes and risks: always a word, with a shape and a colour beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._dashboard.markup import Html, element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario._dashboard.risk import RunRisk
    from scenario._report.document import Risk, Status

STATUS_WORDS: Mapping[Status, str] = {
    "broke": "Broke",
    "errored": "Errored",
    "inconclusive": "Inconclusive",
    "held": "Held",
}
_STATUS_SHAPES: Mapping[Status, str] = {
    "broke": "M4 4l8 8M12 4l-8 8",
    "errored": "M8 2.5L14.5 13.5h-13zM8 6.5v3.5M8 11.6v.6",
    "inconclusive": "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.7 8 9.2 8 10M8 12.2v.6",
    "held": "M8 1.8l5.2 1.9v4c0 3-2.1 5.4-5.2 6.5-3.1-1.1-5.2-3.5-5.2-6.5v-4zM5.6 7.9l1.8 1.8 3.1-3.5",
}
_BARS: Mapping[Risk, int] = {"critical": 4, "high": 3, "medium": 2, "low": 1, "none": 0}


def status_badge(status: Status) -> Html:
    """Return the sign of an outcome."""
    return element("span", icon(_STATUS_SHAPES[status]), STATUS_WORDS[status], class_=f"badge {status}")


def risk_badge(risk: RunRisk) -> Html:
    """Return the sign of a risk."""
    words = "No finding" if risk.level == "none" else f"{risk.level.capitalize()} risk"
    if risk.is_unresolved:
        words = f"{risk.level.capitalize()}, unresolved"
    return element("span", level_bars(risk.level), words, class_=f"badge risk-{risk.level}")


def level_bars(level: Risk) -> Html:
    """Return four bars of which as many are filled as the level is high."""
    bars = [
        element(
            "rect",
            x=1 + 4 * i,
            y=11 - 3 * i,
            width=2.5,
            height=3 + 3 * i,
            rx=0.8,
            class_="full" if i < _BARS[level] else "empty",
        )
        for i in range(4)
    ]
    return element("svg", *bars, class_="icon bars", viewBox="0 0 16 16", aria_hidden="true")


def icon(path: str) -> Html:
    """Return a line drawing of 16 units, for the eye only."""
    return element("svg", element("path", d=path), class_="icon", viewBox="0 0 16 16", aria_hidden="true")
