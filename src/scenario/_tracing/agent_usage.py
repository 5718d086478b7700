"""What the agent under test consumed, as far as its spans tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from scenario._tracing.attributes import (
    CACHED_INPUT_TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    REQUEST_MODEL,
    RESPONSE_MODEL,
)
from scenario._tracing.span_index import SpanKey, span_key, text_attribute
from scenario.types import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    Price: TypeAlias = Callable[[str, int, int], float | None]
    """Model, input tokens and output tokens to US dollars; `None` when the price is unknown."""


def usage_of(spans: Sequence[ReadableSpan], price: Price | None = None) -> Usage | None:
    """Sum the `gen_ai.usage.*` attributes of spans; of nested ones the outermost counts.

    Args:
        spans: the agent's spans.
        price: gives the cost of one call; without it the cost is unknown.

    Returns:
        the usage, one call per counted span; `None` when no span reports any.
    """
    by_key = {span_key(span.context): span for span in spans}
    reporting = {key for key, span in by_key.items() if _reports_usage(span)}
    total: Usage | None = None
    for key, span in by_key.items():
        if key in reporting and not _has_ancestor_among(reporting, key, by_key):
            usage = _usage_of_call(span, price)
            total = usage if total is None else total + usage
    return total


def reports_usage(spans: Sequence[ReadableSpan]) -> bool:
    """Return whether any of the spans tells tokens."""
    return any(_reports_usage(span) for span in spans)


def _reports_usage(span: ReadableSpan) -> bool:
    return any(_tokens(span, names) is not None for names in (INPUT_TOKENS, OUTPUT_TOKENS))


def _has_ancestor_among(
    keys: Container[SpanKey], key: SpanKey, by_key: Mapping[SpanKey, ReadableSpan]
) -> bool:
    seen = {key}
    while True:
        span = by_key.get(key)
        if span is None or span.parent is None:
            return False
        key = span_key(span.parent)
        if key in seen:
            return False
        if key in keys:
            return True
        seen.add(key)


def _usage_of_call(span: ReadableSpan, price: Price | None) -> Usage:
    inputs, outputs = _tokens(span, INPUT_TOKENS) or 0, _tokens(span, OUTPUT_TOKENS) or 0
    cost: float | None = None
    # The model that answered is the more exact name; a price list may know only the one that was asked for.
    for name in (RESPONSE_MODEL, REQUEST_MODEL):
        model = text_attribute(span, name)
        if price is not None and model is not None and cost is None:
            cost = price(model, inputs, outputs)
    return Usage(
        calls=1,
        input_tokens=inputs,
        cached_input_tokens=_tokens(span, CACHED_INPUT_TOKENS) or 0,
        output_tokens=outputs,
        cost_usd=cost,
    )


def _tokens(span: ReadableSpan, names: Sequence[str]) -> int | None:
    attributes = span.attributes or {}
    for name in names:
        value = attributes.get(name)
        # Some instrumentations write text or fractions; what is no sensible number is ignored.
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
            return int(value)
    return None
