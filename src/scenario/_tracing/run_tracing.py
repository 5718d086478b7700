"""The traces of one run: a root per turn, a span per call."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import baggage, trace
from opentelemetry.context import Context
from opentelemetry.trace import Status, StatusCode

from scenario._tracing import attributes as names
from scenario._tracing.agent_spans import own_spans
from scenario._tracing.agent_usage import reports_usage, usage_of
from scenario._tracing.call_span import CallSpan
from scenario._tracing.collector import judge_span_collector
from scenario._tracing.current_context import current_context
from scenario._tracing.filtering import framework_traces
from scenario._tracing.flushing import flusher_of
from scenario._tracing.provider import sdk_provider
from scenario._tracing.setup import attached_collectors

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenario._observer import RunInfo
    from scenario._tracing.agent_usage import Price
    from scenario.types import AgentRole, Usage

logger = logging.getLogger("scenario")


class RunTracing:
    """Emits the spans of one run; construct it after `ensure_tracing`, and always await `end`.

    Args:
        run: the run.
        price: cost of a model call of the agent in US dollars, from model, input and output tokens.
    """

    def __init__(self, run: RunInfo, *, price: Price | None = None) -> None:
        self._run = run
        self._price = price
        self._provider = sdk_provider()
        self._tracer = trace.get_tracer(names.SCOPE, tracer_provider=self._provider)
        self._turn: trace.Span = trace.INVALID_SPAN
        self._metadata: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        self._ended = False

    def open_turn(self, index: int) -> str:
        """End the turn before and start a trace for the next.

        Args:
            index: number of the turn, from 0.

        Returns:
            the trace's id, 32 hex digits; all 0 when the OpenTelemetry SDK is switched off.
        """
        self._close_turn()
        self._metadata = {
            "labels": ["scenario"],
            "thread_id": self._run.thread_id,
            "scenario.name": self._run.name,
            "scenario.batch_id": self._run.batch_id,
            "scenario.set_id": self._run.set_id,
            "scenario.turn": index,
        }
        attributes = {
            names.SPAN_TYPE: "span",
            names.ORIGIN: "simulation",
            names.RUN_ID: self._run.run_id,
            names.METADATA: json.dumps(self._metadata),
        }
        # An empty context makes it a root, whatever span the caller's code is in.
        self._turn = self._tracer.start_span(names.TURN_SPAN, context=Context(), attributes=attributes)
        trace_id = self._turn.get_span_context().trace_id
        framework_traces.add(trace_id)
        return trace.format_trace_id(trace_id)

    def turn_text(self, *, user: str | None = None, assistant: str | None = None) -> None:
        """Note the latest texts of the turn; at its end they become the trace's input and output.

        Args:
            user: text of the user's message; `None` keeps the one before.
            assistant: text of the agent's message; `None` keeps the one before.
        """
        if user is not None:
            self._texts[names.INPUT] = user
        if assistant is not None:
            self._texts[names.OUTPUT] = assistant

    @contextmanager
    def call(self, agent: str, role: AgentRole) -> Generator[CallSpan]:
        """Open the span of one call of an agent, as a child of the current turn, for a block.

        Within the block it is the current span, and the thread's id is in the baggage. The block may outlive
        the turn and may run in a task of its own. An exception is recorded on the span; a cancellation is an
        event, not an error.

        Args:
            agent: class name of the agent.
            role: its role.
        """
        thread_id = self._run.thread_id
        attributes = {
            names.SPAN_TYPE: "agent",
            names.THREAD_ID: thread_id,
            names.ROLE: role.value,
            names.OPERATION_NAME: "invoke_agent",
            names.AGENT_NAME: agent,
            names.CONVERSATION_ID: thread_id,
        }
        context = baggage.set_baggage(names.THREAD_ID, thread_id, trace.set_span_in_context(self._turn))
        span = self._tracer.start_span(f"{agent}.call", context=context, attributes=attributes)
        context = trace.set_span_in_context(span, context)
        try:
            with current_context(context):
                yield CallSpan(span, context, self._tracer)
        except GeneratorExit:
            raise
        except asyncio.CancelledError:
            span.add_event("cancelled")
            raise
        except BaseException as error:
            _record(error, span)
            raise
        finally:
            span.end()

    def rolled_back(self, index: int, removed: int) -> None:
        """Note on the current turn that messages were taken back.

        Args:
            index: position from which on they were removed.
            removed: how many were removed.
        """
        if not self._turn.is_recording():
            logger.debug("rollback to %d is not on a trace: no turn is open", index)
            return
        changes = {names.ROLLBACK_INDEX: index, names.ROLLBACK_REMOVED_COUNT: removed}
        self._metadata |= changes
        self._turn.set_attributes({**changes, names.METADATA: json.dumps(self._metadata)})

    async def agent_usage(self) -> Usage | None:
        """Return what the agent under test consumed so far, or `None` when its spans do not tell.

        Call it before `end`, which forgets the spans.
        """
        spans = own_spans(judge_span_collector.get_spans_for_thread(self._run.thread_id))
        # Adding up thousands of spans and loading a price list take too long for a loop that others share.
        return await asyncio.to_thread(usage_of, spans, self._price) if reports_usage(spans) else None

    async def end(self) -> None:
        """End the open turn, forget the run's spans, and flush the exporters, at most 5 seconds.

        May be called again, and while the run is being cancelled; exporters never make it fail.
        """
        if self._ended:
            return
        self._ended = True
        try:
            self._close_turn()
        finally:
            if self._provider is not None:
                for collector in attached_collectors(self._provider):
                    collector.clear_spans_for_thread(self._run.thread_id)
        if self._provider is not None and getattr(self._provider, "exports", True):
            await flusher_of(self._provider).flush(self._provider)

    def _close_turn(self) -> None:
        turn, self._turn = self._turn, trace.INVALID_SPAN
        texts, self._texts = self._texts, {}
        if turn.is_recording():
            for name, text in texts.items():
                turn.set_attribute(name, json.dumps({"type": "text", "value": text}))
            turn.end()


def _record(error: BaseException, span: trace.Span) -> None:
    """Note on a span that an exception ended it, whatever that makes of itself as text."""
    try:
        span.record_exception(error)
        description = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - its `__str__` fails; the exception itself must go its way
        description = type(error).__name__
    span.set_status(Status(StatusCode.ERROR, description))
