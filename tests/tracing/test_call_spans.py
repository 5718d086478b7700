"""The span of a call (judge part, 10.2)."""

from __future__ import annotations

import asyncio
import contextvars
import logging

import pytest
from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from scenario._tracing import RunTracing, ensure_tracing, judge_span_collector
from scenario.types import AgentRole, ScenarioResult

from .span_helpers import THREAD, names, run_info, value_of


@pytest.fixture
def exported():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    return exporter


@pytest.fixture
def run(exported):
    tracing = RunTracing(run_info("scenariothread_calls"))
    tracing.open_turn(0)
    yield tracing
    judge_span_collector.clear_spans_for_thread("scenariothread_calls")


def only(exported, name):
    (span,) = [span for span in exported.get_finished_spans() if span.name == name]
    return span


@pytest.mark.parametrize("role", list(AgentRole))
def test_a_call_carries_thread_role_and_type(run, exported, role):
    with run.call("Bot", role):
        pass

    span = only(exported, "Bot.call")
    assert span.instrumentation_scope.name == "scenario"
    assert span.attributes["langwatch.span.type"] == "agent"
    assert span.attributes[THREAD] == "scenariothread_calls"
    assert span.attributes["scenario.role"] == role.value
    assert "scenario.run_id" not in span.attributes


def test_thread_and_role_are_there_when_the_span_starts(run):
    with run.call("Bot", AgentRole.AGENT):
        started = trace.get_current_span()
        assert started.attributes[THREAD] == "scenariothread_calls"
        assert started.attributes["scenario.role"] == "Agent"


def test_a_call_carries_the_semantic_conventions_for_agents(run, exported):
    with run.call("Bot", AgentRole.AGENT):
        pass

    span = only(exported, "Bot.call")
    assert span.attributes["gen_ai.operation.name"] == "invoke_agent"
    assert span.attributes["gen_ai.agent.name"] == "Bot"
    assert span.attributes["gen_ai.conversation.id"] == "scenariothread_calls"


def test_spans_of_the_agent_become_children_and_belong_to_the_thread(run, exported):
    with run.call("Bot", AgentRole.AGENT), trace.get_tracer("app").start_as_current_span("tool"):
        pass

    tool, call = only(exported, "tool"), only(exported, "Bot.call")
    assert tool.parent.span_id == call.context.span_id
    assert names(judge_span_collector.get_spans_for_thread("scenariothread_calls")) == ["tool", "Bot.call"]


def test_the_threads_id_is_in_the_baggage_during_the_call(run):
    assert baggage.get_baggage(THREAD) is None
    with run.call("Bot", AgentRole.USER):
        assert baggage.get_baggage(THREAD) == "scenariothread_calls"
    assert baggage.get_baggage(THREAD) is None


def test_baggage_of_the_caller_is_kept(run):
    token = trace.context_api.attach(baggage.set_baggage("tenant", "acme"))
    try:
        with run.call("Bot", AgentRole.AGENT):
            assert baggage.get_baggage("tenant") == "acme"
    finally:
        trace.context_api.detach(token)


def test_the_headers_let_another_process_join(run, exported):
    with run.call("Bot", AgentRole.AGENT) as call:
        headers = dict(call.headers)
    received = TraceContextTextMapPropagator().extract(headers, Context())
    received = W3CBaggagePropagator().extract(headers, received)

    span = only(exported, "Bot.call")
    assert headers["traceparent"].startswith(f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-")
    assert trace.get_current_span(received).get_span_context().span_id == span.context.span_id
    assert baggage.get_baggage(THREAD, received) == "scenariothread_calls"


def test_spans_of_a_server_that_got_only_the_baggage_belong_to_the_thread(run):
    with run.call("Bot", AgentRole.AGENT) as call:
        headers = {"baggage": call.headers["baggage"]}
    received = W3CBaggagePropagator().extract(headers, Context())
    trace.get_tracer("server").start_span("POST /chat", context=received).end()

    thread = judge_span_collector.get_spans_for_thread("scenariothread_calls")
    assert names(thread) == ["Bot.call", "POST /chat"]


def test_attributes_learnt_during_the_call_are_set(run, exported):
    with run.call("Judge", AgentRole.JUDGE) as call:
        call.set(**{"scenario.judge.forced": True, "scenario.judge.retries": 2, "left.out": None})

    attributes = only(exported, "Judge.call").attributes
    assert attributes["scenario.judge.forced"] is True
    assert attributes["scenario.judge.retries"] == 2
    assert "left.out" not in attributes


def test_what_is_learnt_too_late_is_left_out_silently(run, exported, caplog):
    with run.call("Judge", AgentRole.JUDGE) as call:
        pass
    call.set(late=True)
    call.judged("Judge", ScenarioResult(success=True, messages=[]))

    assert caplog.records == []
    assert "late" not in only(exported, "Judge.call").attributes


class TestVerdicts:
    def judged(self, run, exported, **result):
        with run.call("StrictJudge", AgentRole.JUDGE) as call:
            call.judged("StrictJudge", ScenarioResult(messages=[], **result))
        return only(exported, "StrictJudge Judgment"), only(exported, "StrictJudge.call")

    def test_a_verdict_is_an_evaluation_span_below_the_call(self, run, exported):
        judgment, call = self.judged(
            run, exported, success=False, reasoning="no price", passed_criteria=["a"], failed_criteria=["b"]
        )

        assert judgment.parent.span_id == call.context.span_id
        assert judgment.attributes["langwatch.span.type"] == "evaluation"
        assert value_of(judgment, "langwatch.output") == {
            "type": "evaluation_result",
            "value": {"status": "processed", "passed": False, "score": 0.5, "details": "no price"},
        }

    @pytest.mark.parametrize(
        ("passed", "failed", "score"), [(3, 1, 0.75), (0, 2, 0.0), (2, 0, 1.0), (0, 0, 1.0)]
    )
    def test_the_score_is_the_share_of_criteria_that_passed(self, run, exported, passed, failed, score):
        judgment, _ = self.judged(
            run, exported, success=True, passed_criteria=["x"] * passed, failed_criteria=["y"] * failed
        )

        assert value_of(judgment, "langwatch.output")["value"]["score"] == score
        assert judgment.attributes["gen_ai.evaluation.score.value"] == score

    def test_the_call_gets_an_event(self, run, exported):
        _, call = self.judged(run, exported, success=True, reasoning="all well", passed_criteria=["a"])

        (event,) = call.events
        assert event.name == "langwatch.evaluation.custom"
        assert value_of(event, "json_encoded_event") == {
            "name": "StrictJudge Judgment",
            "status": "processed",
            "passed": True,
            "score": 1.0,
            "details": "all well",
        }

    def test_the_span_carries_the_semantic_conventions_for_evaluations(self, run, exported):
        judgment, _ = self.judged(
            run, exported, success=False, reasoning="half \ud83d", failed_criteria=["a"]
        )

        assert judgment.attributes["gen_ai.evaluation.name"] == "StrictJudge Judgment"
        assert judgment.attributes["gen_ai.evaluation.score.label"] == "fail"
        assert judgment.attributes["gen_ai.evaluation.explanation"] == "half ?"


class TestExceptions:
    @pytest.mark.parametrize("error", [ValueError("no such table"), KeyboardInterrupt(), SystemExit(1)])
    def test_an_exception_is_recorded_and_goes_on(self, run, exported, error):
        with pytest.raises(type(error)), run.call("Bot", AgentRole.AGENT):
            raise error

        span = only(exported, "Bot.call")
        assert span.status.status_code is StatusCode.ERROR
        assert span.status.description == f"{type(error).__name__}: {error}"
        assert span.events[0].name == "exception"

    async def test_a_cancellation_is_an_event_and_no_error(self, run, exported):
        with pytest.raises(asyncio.CancelledError), run.call("Bot", AgentRole.AGENT):
            raise asyncio.CancelledError

        span = only(exported, "Bot.call")
        assert span.status.status_code is StatusCode.UNSET
        assert [event.name for event in span.events] == ["cancelled"]


class TestContext:
    def test_the_call_is_current_only_within_the_block(self, run):
        before = trace.get_current_span()
        with run.call("Bot", AgentRole.AGENT):
            assert trace.get_current_span().name == "Bot.call"
        assert trace.get_current_span() is before

    def test_a_context_that_the_agent_leaves_behind_does_not_leak(self, run):
        with run.call("Bot", AgentRole.AGENT):
            trace.context_api.attach(baggage.set_baggage("left", "behind"))
        assert baggage.get_baggage("left") is None

    def test_calls_may_be_nested(self, run):
        with run.call("Outer", AgentRole.AGENT):
            with run.call("Inner", AgentRole.AGENT):
                assert trace.get_current_span().name == "Inner.call"
            assert trace.get_current_span().name == "Outer.call"

    async def test_a_background_task_has_the_call_to_itself(self, run, exported):
        entered, leave = asyncio.Event(), asyncio.Event()

        async def in_background() -> str:
            with run.call("Background", AgentRole.AGENT):
                entered.set()
                await leave.wait()
                return trace.get_current_span().name

        task = asyncio.create_task(in_background())
        await entered.wait()
        run.open_turn(1)
        with run.call("Foreground", AgentRole.USER):
            leave.set()
            assert await task == "Background.call"
            assert trace.get_current_span().name == "Foreground.call"

        background, foreground = only(exported, "Background.call"), only(exported, "Foreground.call")
        assert background.context.trace_id != foreground.context.trace_id

    async def test_leaving_in_another_task_ends_the_span_and_changes_nothing_there(
        self, run, exported, caplog
    ):
        call = run.call("Streamed", AgentRole.AGENT)
        contextvars.copy_context().run(call.__enter__)
        with trace.get_tracer("app").start_as_current_span("other task") as current:
            call.__exit__(None, None, None)
            assert trace.get_current_span() is current

        assert only(exported, "Streamed.call").end_time is not None
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    async def test_leaving_in_a_child_task_leaves_no_error(self, run, exported, caplog):
        call = run.call("Streamed", AgentRole.AGENT)

        async def leave() -> None:
            call.__exit__(None, None, None)

        async def enter() -> None:
            call.__enter__()
            await asyncio.create_task(leave())

        await asyncio.create_task(enter())

        assert only(exported, "Streamed.call").end_time is not None
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
