"""Set-up of tracing: explicit, or lazy before the first run."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scenario._tracing.collector import JudgeSpanCollector, judge_span_collector
from scenario._tracing.exporting import SynchronousProcessor, platform_processor
from scenario._tracing.filtering import FilteredProcessor, framework_traces
from scenario._tracing.provider import create_provider, sdk_provider
from scenario.config import OBSERVABILITY_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

logger = logging.getLogger("scenario")


@dataclass(frozen=True, slots=True)
class _Options:
    span_filter: Callable[[ReadableSpan], bool] | None = None
    span_processors: Sequence[SpanProcessor] | None = None
    trace_exporter: SpanExporter | None = None
    instrumentors: Sequence[Any] | None = None

    def given(self) -> list[tuple[str, Any]]:
        values = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [(name, value) for name, value in values if value not in (None, [], ())]


_lock = Lock()
_attached: WeakKeyDictionary[TracerProvider, _Options] = WeakKeyDictionary()
_explicit: _Options | None = None
_reported: set[str] = set()


def setup_scenario_tracing(
    *,
    span_filter: Callable[[ReadableSpan], bool] | None = None,
    span_processors: list[SpanProcessor] | None = None,
    trace_exporter: SpanExporter | None = None,
    instrumentors: Sequence[Any] | None = None,
) -> None:
    """Set tracing up before the first run, instead of leaving it to that run.

    The judge's collector and the parts given here are attached to the application's tracer provider; when
    there is none, a new one becomes the global provider. With `LANGWATCH_API_KEY` set, spans also go to the
    platform. Once a provider is set up, later calls for it change nothing and say so.

    Args:
        span_filter: decides which spans are exported, never what the judge sees. Default: when attaching to
            an existing provider, those of traces that the framework started; else all.
        span_processors: further processors; they see every span.
        trace_exporter: gets each span that passes the filter, as it ends.
        instrumentors: objects with `instrument(tracer_provider=...)`; active ones are skipped.
    """
    global _explicit
    options = _Options(span_filter, span_processors, trace_exporter, instrumentors)
    with _lock:
        provider = sdk_provider()
        if provider is not None and provider in _attached:
            ignored = [name for name, _ in options.given()]
            if ignored:
                logger.warning(
                    "tracing is already set up; setup_scenario_tracing() ignored %s. Call it once, before "
                    "the first run",
                    ", ".join(ignored),
                )
            return
        _explicit = options
        _attach(provider, options)


def ensure_tracing(observability: Mapping[str, Any] | None = None) -> None:
    """Attach to the current tracer provider if that has not been done; called before each run.

    The first call of a process may import an exporter, which takes some 100 ms.

    Args:
        observability: keywords of `setup_scenario_tracing`, used unless that was called.

    Raises:
        ValueError: `observability` has an unknown key.
    """
    given = dict(observability or {})
    unknown = sorted(set(given) - OBSERVABILITY_KEYS)
    if unknown:
        raise ValueError(f"unknown observability keys {unknown!r}; known are {sorted(OBSERVABILITY_KEYS)!r}")
    options = _Options(**given)
    with _lock:
        provider = sdk_provider()
        if provider is None or provider not in _attached:
            _attach(provider, _explicit or options)
        else:
            _report_ignored(options, _attached[provider])


def tracing_configured() -> bool:
    """Return whether the current tracer provider has the judge's collector attached."""
    provider = sdk_provider()
    return provider is not None and provider in _attached


def attached_collectors(provider: TracerProvider) -> list[JudgeSpanCollector]:
    """Return the collectors that were attached to a provider: the process-wide one and the user's own."""
    options = _attached.get(provider, _Options())
    own = [one for one in options.span_processors or () if isinstance(one, JudgeSpanCollector)]
    return [judge_span_collector, *own]


def _attach(existing: TracerProvider | None, options: _Options) -> None:
    provider = existing or create_provider()
    span_filter = options.span_filter
    if span_filter is None and existing is not None:
        # The application's own spans are not ours to send anywhere.
        span_filter = framework_traces
    exporting: list[SpanProcessor] = []
    if options.trace_exporter is not None:
        exporting.append(SynchronousProcessor(options.trace_exporter))
    platform = platform_processor()
    if platform is not None:
        exporting.append(platform)

    provider.add_span_processor(judge_span_collector)
    for processor in options.span_processors or ():
        provider.add_span_processor(processor)
    for processor in exporting:
        provider.add_span_processor(
            processor if span_filter is None else FilteredProcessor(processor, span_filter)
        )
    _attached[provider] = options
    _warn_of_sampling(provider)
    for instrumentor in options.instrumentors or ():
        _instrument(instrumentor, provider)


def _instrument(instrumentor: Any, provider: TracerProvider) -> None:
    if getattr(instrumentor, "is_instrumented_by_opentelemetry", False):
        return
    try:
        instrumentor.instrument(tracer_provider=provider)
    except Exception:
        logger.warning("instrumentor %r failed; its library is not traced", instrumentor, exc_info=True)


def _warn_of_sampling(provider: TracerProvider) -> None:
    description = provider.sampler.get_description()
    if not description.startswith(
        ("AlwaysOnSampler", "AlwaysRecordSampler", "ParentBased{root:AlwaysOnSampler")
    ):
        logger.warning(
            "the tracer provider samples spans (%s): the judge sees only those that are sampled. Use an "
            "always-on sampler in tests",
            description,
        )


def _report_ignored(options: _Options, in_force: _Options) -> None:
    used = dict(in_force.given())
    ignored = {name for name, value in options.given() if used.get(name) is not value} - _reported
    if ignored:
        _reported.update(ignored)
        logger.warning(
            "tracing is already set up; observability settings %s are ignored", ", ".join(sorted(ignored))
        )
