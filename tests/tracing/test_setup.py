"""Set-up of tracing (judge part, 9)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, TraceIdRatioBased

from scenario._tracing import (
    RunTracing,
    ensure_tracing,
    judge_span_collector,
    setup_scenario_tracing,
    tracing_configured,
)

from .span_helpers import THREAD, names, run_info


class RecordingProcessor(SpanProcessor):
    """Notes the names of the spans that end."""

    def __init__(self, log: list[str] | None = None, name: str = "") -> None:
        self.ended: list[str] = []
        self._log = log
        self._name = name

    def on_end(self, span) -> None:
        self.ended.append(span.name)
        if self._log is not None:
            self._log.append(self._name)


class OrderedExporter(InMemorySpanExporter):
    """Notes when it exports, in a log that it shares."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self._log = log

    def export(self, spans):
        self._log.append("exporter")
        return super().export(spans)


class FakeInstrumentor:
    """Behaves like an OpenTelemetry instrumentor, without instrumenting anything."""

    def __init__(self, *, active: bool = False) -> None:
        self.is_instrumented_by_opentelemetry = active
        self.providers: list[TracerProvider] = []

    def instrument(self, *, tracer_provider: TracerProvider) -> None:
        self.providers.append(tracer_provider)
        self.is_instrumented_by_opentelemetry = True


class BrokenInstrumentor:
    """An instrumentor whose library has changed."""

    def instrument(self, *, tracer_provider: TracerProvider) -> None:
        raise RuntimeError("no such function")


def emit(name: str = "span", **attributes: object) -> None:
    trace.get_tracer("app").start_span(name, attributes=attributes).end()


def test_without_a_provider_a_new_one_becomes_the_global_one():
    setup_scenario_tracing()

    assert isinstance(trace.get_tracer_provider(), TracerProvider)
    emit("seen", **{THREAD: "setup-1"})
    assert names(judge_span_collector.get_spans_for_thread("setup-1")) == ["seen"]


def test_an_existing_provider_is_not_replaced(application):
    mine = trace.get_tracer_provider()
    setup_scenario_tracing()

    assert trace.get_tracer_provider() is mine
    emit("seen", **{THREAD: "setup-2"})
    assert names(judge_span_collector.get_spans_for_thread("setup-2")) == ["seen"]
    assert names(application.get_finished_spans()) == ["seen"]


@pytest.mark.parametrize("existing", [True, False])
def test_the_parts_are_attached_in_order_collector_first(existing):
    if existing:
        trace.set_tracer_provider(TracerProvider())
    log: list[str] = []

    class Probe(RecordingProcessor):
        def on_end(self, span) -> None:
            log.append(f"collector has {len(judge_span_collector.get_spans_for_thread('setup-3'))}")
            super().on_end(span)

    judge_span_collector.clear_spans_for_thread("setup-3")
    setup_scenario_tracing(
        trace_exporter=OrderedExporter(log),
        span_processors=[Probe(log, "first"), RecordingProcessor(log, "second")],
        span_filter=lambda span: True,
    )
    emit(**{THREAD: "setup-3"})

    assert log == ["collector has 1", "first", "second", "exporter"]


def test_the_filter_decides_on_export_but_not_on_processors_or_the_judge():
    exporter, processor = InMemorySpanExporter(), RecordingProcessor()
    setup_scenario_tracing(
        span_filter=lambda span: span.name == "wanted", span_processors=[processor], trace_exporter=exporter
    )
    emit("wanted", **{THREAD: "setup-4"})
    emit("unwanted", **{THREAD: "setup-4"})

    assert names(exporter.get_finished_spans()) == ["wanted"]
    assert processor.ended == ["wanted", "unwanted"]
    assert names(judge_span_collector.get_spans_for_thread("setup-4")) == ["wanted", "unwanted"]


def test_the_custom_exporter_gets_a_span_as_it_ends():
    exporter = InMemorySpanExporter()
    setup_scenario_tracing(trace_exporter=exporter)
    emit("at once")

    assert names(exporter.get_finished_spans()) == ["at once"]


class TestLazySetup:
    def test_the_dict_of_the_configuration_is_used(self):
        exporter = InMemorySpanExporter()
        ensure_tracing({"trace_exporter": exporter, "span_filter": lambda span: span.name != "no"})
        emit("yes")
        emit("no")

        assert names(exporter.get_finished_spans()) == ["yes"]

    def test_further_runs_attach_nothing_more(self):
        processor = RecordingProcessor()
        for _ in range(3):
            ensure_tracing({"span_processors": [processor]})
        emit("once")

        assert processor.ended == ["once"]

    def test_after_an_explicit_setup_it_does_nothing(self):
        exporter, lazy = InMemorySpanExporter(), InMemorySpanExporter()
        setup_scenario_tracing(trace_exporter=exporter)
        ensure_tracing({"trace_exporter": lazy})
        emit("explicit")

        assert names(exporter.get_finished_spans()) == ["explicit"]
        assert lazy.get_finished_spans() == ()

    def test_settings_that_come_too_late_are_named_once(self, scenario_log):
        ensure_tracing(None)
        for _ in range(2):
            ensure_tracing({"trace_exporter": InMemorySpanExporter(), "span_processors": []})

        warnings = [text for text in scenario_log() if "ignored" in text]
        assert warnings == ["tracing is already set up; observability settings trace_exporter are ignored"]

    def test_the_same_settings_again_are_nothing_to_warn_about(self, scenario_log):
        settings = {"trace_exporter": InMemorySpanExporter(), "span_filter": lambda span: True}
        ensure_tracing(settings)
        ensure_tracing(dict(settings))

        assert scenario_log() == []

    def test_unknown_keys_are_listed(self):
        with pytest.raises(ValueError, match=r"\['exporter', 'filter'\].*known are.*span_filter"):
            ensure_tracing({"filter": None, "exporter": None, "trace_exporter": None})

    def test_many_threads_at_once_attach_once(self):
        processor = RecordingProcessor()
        together = Barrier(16)

        def first_run(_: int) -> None:
            together.wait(timeout=30)
            ensure_tracing({"span_processors": [processor]})

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(first_run, range(16)))
        emit("once", **{THREAD: "setup-5"})

        assert processor.ended == ["once"]
        assert names(judge_span_collector.get_spans_for_thread("setup-5")) == ["once"]


class TestSecondSetup:
    def test_the_ignored_arguments_are_named(self, scenario_log):
        setup_scenario_tracing()
        late = InMemorySpanExporter()
        setup_scenario_tracing(trace_exporter=late, span_filter=lambda span: True)
        emit()

        assert late.get_finished_spans() == ()
        (warning,) = scenario_log()
        assert "ignored span_filter, trace_exporter" in warning

    def test_without_arguments_there_is_nothing_to_ignore(self, scenario_log):
        setup_scenario_tracing(trace_exporter=InMemorySpanExporter())
        setup_scenario_tracing()
        setup_scenario_tracing(instrumentors=[])
        setup_scenario_tracing(span_processors=())

        assert scenario_log() == []


class TestInstrumentors:
    @pytest.mark.parametrize("existing", [True, False])
    def test_each_gets_the_provider(self, existing):
        if existing:
            trace.set_tracer_provider(TracerProvider())
        first, second = FakeInstrumentor(), FakeInstrumentor()
        setup_scenario_tracing(instrumentors=[first, second])

        assert first.providers == second.providers == [trace.get_tracer_provider()]

    def test_they_are_used_in_the_lazy_setup_too(self):
        instrumentor = FakeInstrumentor()
        ensure_tracing({"instrumentors": (instrumentor,)})
        ensure_tracing({"instrumentors": (instrumentor,)})

        assert instrumentor.providers == [trace.get_tracer_provider()]

    def test_an_active_one_is_skipped(self):
        active = FakeInstrumentor(active=True)
        setup_scenario_tracing(instrumentors=[active])

        assert active.providers == []

    @pytest.mark.parametrize("nothing", [None, [], ()])
    def test_none_are_used_when_none_are_given(self, nothing):
        setup_scenario_tracing(instrumentors=nothing)

        assert tracing_configured()

    def test_a_broken_one_is_named_and_the_others_are_used(self, scenario_log):
        working = FakeInstrumentor()
        setup_scenario_tracing(instrumentors=[BrokenInstrumentor(), working])

        assert len(working.providers) == 1
        (warning,) = scenario_log()
        assert "BrokenInstrumentor" in warning


class TestSampling:
    @pytest.mark.parametrize("sampler", [TraceIdRatioBased(0.5), ALWAYS_OFF, ParentBased(ALWAYS_OFF)])
    def test_a_sampler_that_is_not_always_on_is_named_once(self, sampler, scenario_log):
        trace.set_tracer_provider(TracerProvider(sampler=sampler))
        for _ in range(3):
            ensure_tracing(None)

        (warning,) = scenario_log()
        assert sampler.get_description() in warning

    @pytest.mark.parametrize("sampler", [ALWAYS_ON, ParentBased(ALWAYS_ON), None])
    def test_an_always_on_sampler_is_nothing_to_warn_about(self, sampler, scenario_log):
        trace.set_tracer_provider(TracerProvider(sampler=sampler))
        ensure_tracing(None)

        assert scenario_log() == []

    def test_a_run_that_is_not_sampled_still_has_a_trace_id(self):
        trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_OFF))
        ensure_tracing(None)

        assert int(RunTracing(run_info()).open_turn(0), 16) > 0


def test_tracing_is_configured_once_the_collector_is_attached():
    assert not tracing_configured()
    trace.set_tracer_provider(TracerProvider())
    assert not tracing_configured()
    ensure_tracing(None)
    assert tracing_configured()
