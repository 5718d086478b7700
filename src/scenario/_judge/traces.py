"""The traces of the agent under test, as the judge is shown them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scenario._judge.digest import judge_span_digest_formatter
from scenario._judge.record import MANY_SPANS
from scenario._judge.suspect_spans import suspect_spans
from scenario._model.loading import import_off_loop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from scenario._tracing import JudgeSpanCollector


@dataclass(frozen=True, slots=True)
class TraceDigest:
    """The spans of a run as text.

    Attributes:
        text: what the judge reads; not escaped.
        structure_only: whether attributes and events are left out, because all would be too long.
        suspects: short ids of spans whose text speaks to the judge.
    """

    text: str
    structure_only: bool = False
    suspects: tuple[str, ...] = ()


def tracing_is_set_up() -> bool:
    """Return whether the judge's collector is attached to the current tracer provider."""
    # Whoever has attached it has imported this module, and importing it takes a while.
    setup = sys.modules.get("scenario._tracing.setup")
    return setup is not None and setup.tracing_configured()


async def spans_of_agent(
    thread_id: str, collector: JudgeSpanCollector | None
) -> tuple[list[ReadableSpan], int]:
    """Return the finished spans of the agent under test, and how many spans of the thread were dropped.

    Args:
        thread_id: the conversation's id.
        collector: where the spans are; default: the collector of the process.
    """
    tracing = await import_off_loop("scenario._tracing.agent_spans")
    source: JudgeSpanCollector = collector or tracing.judge_span_collector
    spans = source.get_spans_for_thread(thread_id)
    select = partial(tracing.own_spans, spans, collector=source)
    own = await asyncio.to_thread(select) if len(spans) > MANY_SPANS else select()
    # Of an agent that is not instrumented there is nothing but the spans around its calls: the transcript
    # says more, and a block that grows and changes at every call would only defeat prompt caches.
    return ([] if all(map(_is_bare_call, own)) else own), source.dropped_spans(thread_id)


def _is_bare_call(span: ReadableSpan) -> bool:
    """Return whether a span is the framework's own around an agent's call, and says nothing more."""
    return "scenario.role" in (span.attributes or {}) and not span.events and span.status.is_unset


def trace_digest(spans: Sequence[ReadableSpan], *, token_threshold: int, dropped: int = 0) -> TraceDigest:
    """Return the digest of the agent's spans: all that they say, or their structure when that is too long.

    Args:
        spans: the agent's own spans.
        token_threshold: the size above which only the structure is shown.
        dropped: how many older spans are no longer known.
    """
    text, structure_only = judge_span_digest_formatter.digest(spans, token_threshold, dropped=dropped)
    return TraceDigest(text, structure_only, suspect_spans(text))
