"""Which provider is used: the application's, one behind a proxy, a replaced one, our own (judge part, 9)."""

from __future__ import annotations

import random

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider
from opentelemetry.util._once import Once

from scenario._tracing import RunTracing, ensure_tracing, judge_span_collector, setup_scenario_tracing

from .span_helpers import THREAD, names, run_info


class ProxyWithMethod(trace.TracerProvider):
    """A proxy that names its delegate through `get_delegate()`."""

    def __init__(self, delegate) -> None:
        self._kept = delegate

    def get_delegate(self):
        return self._kept

    def get_tracer(self, *args, **kwargs):
        return self._kept.get_tracer(*args, **kwargs)


class ProxyWithField(trace.TracerProvider):
    """A proxy that keeps its delegate in `_delegate`."""

    def __init__(self, delegate) -> None:
        self._delegate = delegate

    def get_tracer(self, *args, **kwargs):
        return self._delegate.get_tracer(*args, **kwargs)


def replace_global(provider: trace.TracerProvider, monkeypatch) -> None:
    # As test suites do that reload an application; there is no public way.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    trace.set_tracer_provider(provider)


def emit(thread: str, name: str = "span") -> None:
    trace.get_tracer("app").start_span(name, attributes={THREAD: thread}).end()


@pytest.mark.parametrize("proxy", [ProxyWithMethod, ProxyWithField])
def test_a_provider_behind_a_proxy_is_attached_to(proxy):
    inner = TracerProvider()
    mine = proxy(proxy(inner))
    trace.set_tracer_provider(mine)
    ensure_tracing(None)
    ensure_tracing(None)
    emit(f"behind {proxy.__name__}")

    assert trace.get_tracer_provider() is mine
    assert names(judge_span_collector.get_spans_for_thread(f"behind {proxy.__name__}")) == ["span"]
    inner.shutdown()


def test_a_proxy_of_itself_ends_the_search():
    proxy = ProxyWithField(None)
    proxy._delegate = proxy
    trace.set_tracer_provider(proxy)
    ensure_tracing(None)

    assert RunTracing(run_info()).open_turn(0) != "0" * 32


def test_a_provider_that_replaces_another_gets_the_collector(application, monkeypatch):
    ensure_tracing(None)
    replace_global(TracerProvider(), monkeypatch)
    emit("replaced", "before the next run")
    ensure_tracing(None)
    emit("replaced", "after")

    assert names(judge_span_collector.get_spans_for_thread("replaced")) == ["after"]


def test_going_back_to_an_earlier_provider_attaches_nothing_twice(monkeypatch):
    first, second, exporter = TracerProvider(), TracerProvider(), InMemorySpanExporter()
    settings = {"trace_exporter": exporter, "span_filter": lambda span: True}
    for provider in (first, second, first):
        replace_global(provider, monkeypatch)
        ensure_tracing(settings)
    emit("back again")

    assert names(exporter.get_finished_spans()) == ["span"]
    second.shutdown()


def test_the_parts_of_an_explicit_setup_go_to_a_replaced_provider_too(monkeypatch):
    exporter = InMemorySpanExporter()
    setup_scenario_tracing(trace_exporter=exporter, span_filter=lambda span: True)
    first = trace.get_tracer_provider()
    replace_global(TracerProvider(), monkeypatch)
    ensure_tracing(None)
    emit("second provider")

    assert names(exporter.get_finished_spans()) == ["span"]
    first.shutdown()


def test_an_explicit_setup_for_a_replaced_provider_is_not_ignored(monkeypatch, scenario_log):
    setup_scenario_tracing()
    first = trace.get_tracer_provider()
    replace_global(TracerProvider(), monkeypatch)
    exporter = InMemorySpanExporter()
    setup_scenario_tracing(trace_exporter=exporter, span_filter=lambda span: True)
    emit("set up again")

    assert names(exporter.get_finished_spans()) == ["span"]
    assert scenario_log() == []
    first.shutdown()


def test_a_foreign_global_provider_is_named_and_runs_have_traces_of_their_own(scenario_log):
    foreign = NoOpTracerProvider()
    trace.set_tracer_provider(foreign)
    for _ in range(2):
        ensure_tracing(None)

    assert trace.get_tracer_provider() is foreign
    assert RunTracing(run_info()).open_turn(0) != "0" * 32
    (warning,) = scenario_log()
    assert "NoOpTracerProvider" in warning


def test_ids_of_our_own_provider_do_not_depend_on_a_seeded_random_module():
    ensure_tracing(None)
    traces = set()
    for _ in range(3):
        random.seed(1)
        traces.add(RunTracing(run_info()).open_turn(0))

    assert len(traces) == 3
