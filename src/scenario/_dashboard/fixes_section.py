"""The fixes that the reports of a batch ask for together, and the button that has a model sum them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._dashboard.markup import Html, block, element, said
from scenario._dashboard.naming import plural

if TYPE_CHECKING:
    from scenario._report.fixes import CachedFixes, FixCluster

_MOST_TESTS = 8


@dataclass(frozen=True, slots=True)
class FixesButton:
    """What the button needs where the page is served.

    Attributes:
        token: proves that a request comes from this page.
        model: the model that would be called.
    """

    token: str
    model: str


def fixes_section(fixes: CachedFixes, button: FixesButton | None) -> Html:
    """Return the section of prioritised fixes.

    Args:
        fixes: what is cached; no model is called to make the page.
        button: `None` where nobody answers it, as in a file.
    """
    clusters = [_cluster(cluster) for cluster in fixes.clusters]
    if clusters and fixes.stale:
        state = "Runs were added or changed since these fixes were summed up."
    elif clusters:
        state = "Recommendations of all runs, summed up by a model."
    else:
        state = "The recommendations of these runs have not been summed up; every run below has its own."
    return element(
        "section",
        element("h2", "Prioritised fixes", id="fixes"),
        element("p", state, class_="note"),
        element("ol", *clusters, class_="fixes") if clusters else None,
        _served(button, again=bool(clusters)) if button else _in_a_file(again=bool(clusters)),
        aria_labelledby="fixes",
        class_="section-fixes",
    )


def _cluster(cluster: FixCluster) -> Html:
    tests = cluster["affected_tests"]
    more = f" and {len(tests) - _MOST_TESTS} more" if len(tests) > _MOST_TESTS else ""
    affected = [element("li", said(test)) for test in tests[:_MOST_TESTS]]
    count = cluster["recommendations_rolled_up"]
    return element(
        "li",
        element(
            "span",
            f"{cluster['priority'].capitalize()} priority",
            class_=f"badge priority-{cluster['priority']}",
        ),
        element("h3", said(cluster["title"])),
        block(cluster["description"]) if cluster["description"] else None,
        element(
            "p",
            f"{plural(count, 'recommendation')}{', affecting:' if tests else ''}",
            class_="note",
        ),
        element("ul", *affected, element("li", more) if more else None, class_="tests") if tests else None,
    )


def _served(button: FixesButton, *, again: bool) -> Html:
    note = "Sends names, summaries and suggestions of these runs to "
    return element(
        "div",
        element(
            "button",
            _words(again=again),
            type="button",
            id="regenerate",
            data_token=button.token,
            aria_describedby="regenerate-note",
        ),
        element("p", note, said(button.model), ".", id="regenerate-note", class_="note"),
        element("p", role="status", id="regenerate-status", class_="note"),
        class_="regenerate",
    )


def _in_a_file(*, again: bool) -> Html:
    note = (
        "This page is a file and cannot call a model: open the batch with ",
        element("code", "scenario redteam-report"),
        " to do that.",
    )
    return element(
        "div",
        element(
            "button", _words(again=again), type="button", disabled=True, aria_describedby="regenerate-note"
        ),
        element("p", *note, id="regenerate-note", class_="note"),
        class_="regenerate",
    )


def _words(*, again: bool) -> str:
    return "Regenerate fixes" if again else "Generate fixes"
