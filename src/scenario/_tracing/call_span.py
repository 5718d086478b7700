"""The span of one call of an agent."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scenario._tracing import attributes as names

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

    from scenario.types import ScenarioResult

_trace_context = TraceContextTextMapPropagator()
_baggage = W3CBaggagePropagator()


class CallSpan:
    """The open span of one call, for what is learnt during the call.

    Args:
        span: the span.
        context: the context in which the call runs: the span and the baggage.
        tracer: makes the spans below.
    """

    def __init__(self, span: Span, context: Context, tracer: Tracer) -> None:
        self._span = span
        self._context = context
        self._tracer = tracer

    @cached_property
    def headers(self) -> dict[str, str]:
        """W3C `traceparent` and `baggage` of this call, for requests to an agent in another process."""
        carrier: dict[str, str] = {}
        _trace_context.inject(carrier, self._context)
        _baggage.inject(carrier, self._context)
        return carrier

    def set(self, **attributes: Any) -> None:
        """Set attributes of the span; `None` values are left out.

        Args:
            attributes: names with dots are given as `set(**{"scenario.judge.forced": True})`.
        """
        if self._span.is_recording():
            self._span.set_attributes({key: value for key, value in attributes.items() if value is not None})

    def judged(self, judge_class: str, result: ScenarioResult) -> None:
        """Record the verdict that this call returned, as an evaluation span and an event.

        Args:
            judge_class: class name of the judge.
            result: its verdict.
        """
        score = evaluation_score(len(result.passed_criteria), len(result.failed_criteria))
        value = {
            "status": "processed",
            "passed": result.success,
            "score": score,
            "details": result.reasoning,
        }
        name = f"{judge_class} Judgment"
        attributes: dict[str, str | float] = {
            names.SPAN_TYPE: "evaluation",
            names.OUTPUT: json.dumps({"type": "evaluation_result", "value": value}),
            names.EVALUATION_NAME: name,
            names.EVALUATION_SCORE: score,
            names.EVALUATION_LABEL: "pass" if result.success else "fail",
            names.EVALUATION_EXPLANATION: _encodable(result.reasoning or ""),
        }
        self._tracer.start_span(name, context=self._context, attributes=attributes).end()
        if self._span.is_recording():
            event = json.dumps({"name": name, **value})
            self._span.add_event(names.EVALUATION_EVENT, {"json_encoded_event": event})


def evaluation_score(passed: int, failed: int) -> float:
    """Return the share of criteria that passed; 1.0 when there are none."""
    return passed / (passed + failed) if passed + failed else 1.0


def _encodable(text: str) -> str:
    # A lone surrogate in one attribute would make exporters drop the whole batch.
    return text.encode("utf-8", "replace").decode("utf-8")
