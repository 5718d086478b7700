"""The line of a span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.digest.span_view import attributes_of, token_count
from scenario._judge.digest.text import shorten
from scenario._judge.digest.times import duration, timestamp

if TYPE_CHECKING:
    from scenario._judge.digest.forest import Node


def span_line(node: Node, *, longest: int | None = None) -> str:
    """Return id, start, name, duration, tokens and error of a span, without what stands before it in a tree.

    Args:
        node: the span.
        longest: bytes of the name and of the error's description; longer ones lose their middle.
    """
    span = node.span
    name, status = span.name, "" if span.error is None else span.error or "unknown"
    if longest is not None:
        name, status = shorten(name, longest), shorten(status, longest)
    if span.error is not None:
        status = f" ⚠️ ERROR: {status}"
    tokens = token_count(attributes_of(span.source))
    used = "" if tokens is None else f", {tokens} tokens"
    return (
        f"[{node.short_id}] {timestamp(span.start)} {name} ({duration(span.start, span.end)}{used}){status}"
    )
