"""The full form of a digest: every span with all that it says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenario._judge.digest.details import details
from scenario._judge.digest.duplicates import Duplicates
from scenario._judge.digest.errors import errors_section
from scenario._judge.digest.header import header
from scenario._judge.digest.span_line import span_line
from scenario._judge.digest.tree_lines import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenario._judge.digest.forest import Forest


def full_blocks(forest: Forest, dropped: int) -> Iterator[str]:
    """Yield the parts of the full form, which a blank line separates, one at a time.

    Args:
        forest: the spans; at least one.
        dropped: how many spans the collector dropped.
    """
    yield header(forest, dropped)
    duplicates = Duplicates()
    for node, prefix, indent in draw(forest.roots, lambda node: node.children):
        lines = [prefix + span_line(node)]
        text_of = partial(duplicates.value_text, node.short_id)
        lines += [indent + detail.line for detail in details(node.span, text_of)]
        yield "\n".join(lines)
    if forest.failed:
        yield errors_section(forest.failed)
