"""The end of a run: spans are forgotten on every path, exporters are flushed (judge part, 9 and 10.2)."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from scenario._tracing import JudgeSpanCollector, RunTracing, ensure_tracing, flushing, judge_span_collector
from scenario.types import AgentRole, Usage

from .span_helpers import names, run_info


class FlushRecorder(SpanExporter):
    """Notes when and where it is flushed."""

    def __init__(self) -> None:
        self.limits: list[int] = []
        self.threads: list[str] = []

    def export(self, spans) -> SpanExportResult:
        return SpanExportResult.SUCCESS

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        self.limits.append(timeout_millis)
        self.threads.append(threading.current_thread().name)
        return True


class HangingProcessor(SpanProcessor):
    """Its flush waits until it is released."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.release = threading.Event()
        self.flushes = 0

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        self.flushes += 1
        self.entered.set()
        return self.release.wait(30)


class FailingProcessor(SpanProcessor):
    """Its flush raises."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        raise OSError("disk full")


def size_of_collector() -> int:
    return len(judge_span_collector._index._nodes)


@pytest.fixture(autouse=True)
def empty_collector():
    judge_span_collector.shutdown()


async def one_call(run: RunTracing) -> None:
    run.open_turn(0)
    with run.call("Bot", AgentRole.AGENT):
        trace.get_tracer("app").start_span("tool").end()


class TestClearing:
    async def test_a_run_leaves_no_span_behind(self):
        ensure_tracing(None)
        run = RunTracing(run_info())
        await one_call(run)
        run.open_turn(1)
        run.open_turn(2)
        await run.end()

        assert size_of_collector() == 0

    async def test_fifty_failing_runs_leave_no_span_behind(self):
        ensure_tracing(None)
        for _ in range(50):
            run = RunTracing(run_info())
            run.open_turn(0)
            with pytest.raises(ValueError, match="broken"), run.call("Bot", AgentRole.AGENT):
                raise ValueError("broken")
            await run.end()

        assert size_of_collector() == 0

    async def test_a_cancelled_run_leaves_no_span_behind(self):
        ensure_tracing(None)
        started = asyncio.Event()

        async def endless() -> None:
            run = RunTracing(run_info())
            try:
                run.open_turn(0)
                with run.call("Bot", AgentRole.AGENT):
                    started.set()
                    await asyncio.Event().wait()
            finally:
                await run.end()

        task = asyncio.create_task(endless())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert size_of_collector() == 0

    async def test_a_call_that_ends_after_its_run_is_dropped(self):
        ensure_tracing(None)
        info = run_info()
        run = RunTracing(info)
        run.open_turn(0)
        with run.call("Bot", AgentRole.AGENT):
            await run.end()
            trace.get_tracer("app").start_span("left over").end()

        assert judge_span_collector.get_spans_for_thread(info.thread_id) == []
        assert size_of_collector() == 0

    async def test_a_processor_that_raises_does_not_keep_the_spans(self):
        class Raising(SpanProcessor):
            def on_end(self, span) -> None:
                if span.name == "Scenario Turn":
                    raise RuntimeError("not mine to catch")

        ensure_tracing({"span_processors": [Raising()]})
        run = RunTracing(run_info())
        await one_call(run)
        with pytest.raises(RuntimeError, match="not mine"):
            await run.end()

        assert size_of_collector() == 0

    async def test_a_collector_of_the_users_own_is_cleared_too(self):
        own = JudgeSpanCollector()
        ensure_tracing({"span_processors": [own]})
        info = run_info()
        run = RunTracing(info)
        await one_call(run)
        assert names(own.get_spans_for_thread(info.thread_id)) == ["tool", "Bot.call"]
        await run.end()

        assert own.get_spans_for_thread(info.thread_id) == []

    async def test_another_run_keeps_its_spans(self):
        ensure_tracing(None)
        staying, ending = run_info(), run_info()
        await one_call(RunTracing(staying))
        run = RunTracing(ending)
        await one_call(run)
        await run.end()

        assert names(judge_span_collector.get_spans_for_thread(staying.thread_id)) == ["tool", "Bot.call"]


class TestFlushing:
    async def test_exporters_are_flushed_with_a_limit_of_five_seconds_off_the_loop(self):
        exporter = FlushRecorder()
        ensure_tracing({"trace_exporter": exporter})
        run = RunTracing(run_info())
        await one_call(run)
        await run.end()

        (limit,) = exporter.limits
        assert 4000 < limit <= 5000
        assert exporter.threads != [threading.current_thread().name]

    async def test_an_applications_exporters_are_flushed(self):
        recorder = HangingProcessor()
        recorder.release.set()
        trace.set_tracer_provider(TracerProvider())
        trace.get_tracer_provider().add_span_processor(recorder)
        ensure_tracing(None)
        await RunTracing(run_info()).end()

        assert recorder.flushes == 1

    async def test_processors_that_the_user_adds_to_our_provider_are_flushed(self):
        ensure_tracing(None)
        recorder = HangingProcessor()
        recorder.release.set()
        trace.get_tracer_provider().add_span_processor(recorder)
        await RunTracing(run_info()).end()

        assert recorder.flushes == 1

    async def test_with_nothing_to_flush_no_thread_is_started(self, monkeypatch):
        def refuse(*args, **kwargs):
            raise AssertionError("a thread was started")

        ensure_tracing({"span_processors": [JudgeSpanCollector()]})
        monkeypatch.setattr(flushing, "Thread", refuse)
        run = RunTracing(run_info())
        await one_call(run)
        await run.end()

    async def test_the_loop_keeps_running_while_exporters_are_flushed(self):
        hanging = HangingProcessor()
        ensure_tracing({"span_processors": [hanging]})
        ending = asyncio.create_task(RunTracing(run_info()).end())
        assert await asyncio.to_thread(hanging.entered.wait, 30)
        assert not ending.done()
        hanging.release.set()
        await ending

    async def test_an_exporter_that_hangs_is_waited_for_once_and_named(self, monkeypatch, scenario_log):
        monkeypatch.setattr(flushing, "FLUSH_LIMIT", 0.05)
        hanging = HangingProcessor()
        ensure_tracing({"span_processors": [hanging]})
        began = time.monotonic()
        for _ in range(100):
            await RunTracing(run_info()).end()
        hanging.release.set()

        assert time.monotonic() - began < 3
        assert hanging.flushes == 1
        (warning,) = scenario_log()
        assert "did not finish" in warning

    async def test_an_exporter_that_fails_is_named_and_the_run_goes_on(self, scenario_log):
        ensure_tracing({"span_processors": [FailingProcessor()]})
        await RunTracing(run_info()).end()

        assert scenario_log() == ["span exporters could not be flushed"]

    async def test_a_run_that_is_cancelled_while_it_waits_ends_and_others_go_on_waiting(self):
        hanging = HangingProcessor()
        ensure_tracing({"span_processors": [hanging]})
        cancelled = asyncio.create_task(RunTracing(run_info()).end())
        waiting = asyncio.create_task(RunTracing(run_info()).end())
        assert await asyncio.to_thread(hanging.entered.wait, 30)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert not waiting.done()
        hanging.release.set()
        await waiting

    async def test_runs_that_end_together_share_flushes(self):
        hanging = HangingProcessor()
        ensure_tracing({"span_processors": [hanging]})
        runs = [RunTracing(run_info()) for _ in range(100)]
        async with asyncio.TaskGroup() as group:
            for run in runs:
                group.create_task(run.end())
            assert await asyncio.to_thread(hanging.entered.wait, 30)
            hanging.release.set()

        assert hanging.flushes <= 2

    def test_a_loop_that_closes_does_not_wait_for_an_exporter_that_hangs(self, monkeypatch):
        monkeypatch.setattr(flushing, "FLUSH_LIMIT", 0.05)
        hanging = HangingProcessor()
        ensure_tracing({"span_processors": [hanging]})
        began = time.monotonic()
        asyncio.run(RunTracing(run_info()).end())
        hanging.release.set()

        assert time.monotonic() - began < 3

    async def test_ending_twice_is_ending_once(self):
        exporter = FlushRecorder()
        ensure_tracing({"trace_exporter": exporter})
        run = RunTracing(run_info())
        await run.end()
        await run.end()

        assert len(exporter.limits) == 1


class TestUsage:
    async def test_only_the_agents_model_calls_count(self):
        ensure_tracing(None)
        run = RunTracing(run_info(), price=lambda model, inputs, outputs: 0.5)
        tracer = trace.get_tracer("app")
        usage = {
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.request.model": "m",
        }
        run.open_turn(0)
        for role in AgentRole:
            with run.call(role.value, role), tracer.start_as_current_span("chat", attributes=usage):
                tracer.start_span("nested", attributes=usage).end()

        assert await run.agent_usage() == Usage(calls=1, input_tokens=10, output_tokens=5, cost_usd=0.5)
        await run.end()

    async def test_an_agent_without_instrumentation_has_none(self):
        ensure_tracing(None)
        run = RunTracing(run_info())
        await one_call(run)

        assert await run.agent_usage() is None
        await run.end()
