"""The spans that are evidence of what the agent under test did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._tracing.attributes import ROLE
from scenario._tracing.collector import JudgeSpanCollector, judge_span_collector
from scenario._tracing.span_index import SpanKey, is_turn_root, span_key, text_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_OTHER_ROLES = ("User", "Judge")


def own_spans(
    spans: Sequence[ReadableSpan], *, collector: JudgeSpanCollector = judge_span_collector
) -> list[ReadableSpan]:
    """Reduce spans to those of the agent under test, in the same order.

    Left out are turn roots and the spans whose nearest role, their own `scenario.role` or that of an
    ancestor, is the user's or the judge's. Spans without a role stay.

    Args:
        spans: finished spans of one thread.
        collector: knows the roles of ancestors that are not among `spans`, because they are still open.
    """
    by_key = {span_key(span.context): span for span in spans}
    roles: dict[SpanKey, str | None] = {}
    return [
        span
        for span in spans
        if not is_turn_root(span) and _role(span, by_key, roles, collector) not in _OTHER_ROLES
    ]


def _role(
    span: ReadableSpan,
    by_key: Mapping[SpanKey, ReadableSpan],
    roles: dict[SpanKey, str | None],
    collector: JudgeSpanCollector,
) -> str | None:
    path: list[SpanKey] = []
    role: str | None = None
    while True:
        key = span_key(span.context)
        if key in roles:
            role = roles[key]
            break
        roles[key] = None  # Meeting it again on this path means a cycle, which has no role.
        path.append(key)
        role = text_attribute(span, ROLE)
        if role is not None:
            break
        parent = by_key.get(span_key(span.parent)) if span.parent is not None else None
        if parent is None:
            role = collector.role_of(span.context)
            break
        span = parent
    roles.update(dict.fromkeys(path, role))
    return role
