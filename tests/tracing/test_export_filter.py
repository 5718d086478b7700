"""What is exported (judge part, 9)."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from scenario._tracing import RunTracing, ensure_tracing, filtering, scenario_only, setup_scenario_tracing
from scenario.types import AgentRole

from .span_helpers import THREAD, names, run_info


def one_turn() -> None:
    run = RunTracing(run_info())
    run.open_turn(0)
    with run.call("Bot", AgentRole.AGENT):
        trace.get_tracer("app").start_span("tool").end()
    run._close_turn()


def test_when_attaching_only_traces_of_the_framework_are_exported(application):
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    with trace.get_tracer("app").start_as_current_span("request of the application"):
        one_turn()
        trace.get_tracer("app").start_span("own conversation", attributes={THREAD: "app"}).end()

    assert names(exporter.get_finished_spans()) == ["tool", "Bot.call", "Scenario Turn"]
    assert "request of the application" in names(application.get_finished_spans())


def test_a_span_of_the_framework_that_ends_after_its_run_is_exported(application):
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    run = RunTracing(run_info())
    run.open_turn(0)
    with run.call("Bot", AgentRole.AGENT):
        run._close_turn()
        exporter.clear()

    assert names(exporter.get_finished_spans()) == ["Bot.call"]


def test_when_attaching_a_filter_of_the_users_replaces_the_default(application):
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter, "span_filter": lambda span: span.name != "tool"})
    with trace.get_tracer("app").start_as_current_span("request"):
        one_turn()

    assert names(exporter.get_finished_spans()) == ["Bot.call", "Scenario Turn", "request"]


def test_with_a_provider_of_our_own_everything_is_exported():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    trace.get_tracer("app").start_span("anything").end()

    assert names(exporter.get_finished_spans()) == ["anything"]


def test_scenario_only_leaves_the_agents_spans_out():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter, "span_filter": scenario_only})
    one_turn()

    assert names(exporter.get_finished_spans()) == ["Bot.call", "Scenario Turn"]


def test_a_span_for_which_the_filter_raises_is_dropped_and_the_others_are_exported(scenario_log):
    exporter = InMemorySpanExporter()

    def fragile(span) -> bool:
        return span.attributes["tenant"] == "a"

    setup_scenario_tracing(trace_exporter=exporter, span_filter=fragile)
    tracer = trace.get_tracer("app")
    for name, attributes in [("1", {"tenant": "a"}), ("2", {}), ("3", {}), ("4", {"tenant": "a"})]:
        tracer.start_span(name, attributes=attributes).end()

    assert names(exporter.get_finished_spans()) == ["1", "4"]
    (warning,) = scenario_log()
    assert "span_filter" in warning
    assert "'2'" in warning


@pytest.mark.parametrize(("answer", "exported"), [(1, 1), ("", 0), (None, 0)])
def test_any_truth_value_of_a_filter_counts(answer, exported):
    exporter = InMemorySpanExporter()
    setup_scenario_tracing(trace_exporter=exporter, span_filter=lambda span: answer)
    trace.get_tracer("app").start_span("span").end()

    assert len(exporter.get_finished_spans()) == exported


def test_what_is_remembered_of_the_frameworks_traces_is_bounded(monkeypatch):
    monkeypatch.setattr(filtering, "MAX_TRACES", 3)
    traces = filtering.FrameworkTraces()
    for trace_id in range(1, 10):
        traces.add(trace_id)

    assert list(traces._ids) == [7, 8, 9]
