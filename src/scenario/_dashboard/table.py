"""Tables that stay tables for screen readers when a narrow screen stacks their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._dashboard.markup import Html, Node, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Node]]) -> Html:
    """Build a table; the first cell of a row is its header.

    The roles are written out because the style sheet changes how a table is displayed, which takes the
    implied ones away in some browsers.
    """
    heads = [element("th", column, scope="col", role="columnheader") for column in columns]
    return element(
        "table",
        element("caption", caption, class_="only-read"),
        element("thead", element("tr", *heads, role="row"), role="rowgroup"),
        element("tbody", *[_row(columns, row) for row in rows], role="rowgroup"),
        role="table",
    )


def _row(columns: Sequence[str], cells: Sequence[Node]) -> Html:
    first, *others = zip(columns, cells, strict=True)
    return element(
        "tr",
        element("th", first[1], scope="row", role="rowheader", data_label=first[0]),
        *[element("td", element("div", cell), role="cell", data_label=column) for column, cell in others],
        role="row",
    )
