"""The spans of the agent under test (judge part, 6.1)."""

from __future__ import annotations

import pytest

from scenario._tracing import JudgeSpanCollector, own_spans

from .span_helpers import THREAD, built_span, names, provider_with


def call(span_id: int, role: str, parent: int | None = None):
    return built_span(f"{role}.call", span_id, parent, scope="scenario", scenario__role=role)


def test_spans_below_an_agents_call_stay_with_the_call():
    spans = [call(1, "Agent"), built_span("tool", 2, 1), built_span("query", 3, 2)]

    assert own_spans(spans) == spans


@pytest.mark.parametrize("role", ["User", "Judge"])
def test_calls_of_user_and_judge_are_left_out_with_everything_below(role):
    spans = [call(1, role), built_span("model", 2, 1), built_span("http", 3, 2), call(4, "Agent")]

    assert names(own_spans(spans)) == ["Agent.call"]


def test_the_nearest_role_decides():
    spans = [call(1, "User"), call(2, "Agent", 1), built_span("tool", 3, 2), built_span("model", 4, 1)]

    assert names(own_spans(spans)) == ["Agent.call", "tool"]


def test_spans_without_a_role_stay():
    spans = [built_span("other process", 1), built_span("below it", 2, 1), built_span("orphan", 3, 99)]

    assert own_spans(spans) == spans


def test_turn_roots_are_left_out():
    root = built_span("Scenario Turn", 1, scope="scenario")
    spans = [root, built_span("tool", 2, 1)]

    assert names(own_spans(spans)) == ["tool"]


def test_a_span_of_the_application_that_is_called_like_a_turn_stays():
    spans = [
        built_span("Scenario Turn", 1),
        built_span("Scenario Turn", 2, 1, scope="scenario"),
        built_span("Scenario Turn", 3, scope=None),
    ]

    assert own_spans(spans) == spans


def test_the_role_is_found_whatever_the_order():
    spans = [built_span("http", 3, 2), built_span("model", 2, 1), call(1, "Judge"), built_span("b", 4, 2)]

    assert own_spans(spans) == []


def test_a_cycle_has_no_role():
    spans = [built_span("a", 1, 2), built_span("b", 2, 1), built_span("below", 3, 1)]

    assert own_spans(spans) == spans


@pytest.mark.parametrize("role", ["User", "Judge"])
def test_spans_below_a_call_that_is_still_open_are_left_out(role):
    collector = JudgeSpanCollector()
    tracer = provider_with(collector).get_tracer("scenario")
    with tracer.start_as_current_span("call", attributes={THREAD: "t", "scenario.role": role}):
        with tracer.start_as_current_span("model"):
            tracer.start_span("http").end()
        spans = collector.get_spans_for_thread("t")

        assert names(spans) == ["http", "model"]
        assert own_spans(spans, collector=collector) == []


def test_spans_below_an_agents_call_that_is_still_open_stay():
    collector = JudgeSpanCollector()
    tracer = provider_with(collector).get_tracer("scenario")
    with tracer.start_as_current_span("call", attributes={THREAD: "t", "scenario.role": "Agent"}):
        tracer.start_span("tool").end()

        assert names(own_spans(collector.get_spans_for_thread("t"), collector=collector)) == ["tool"]


def test_no_spans_are_none():
    assert own_spans([]) == []
