"""Export to the platform (judge part, 9), against an OTLP server on loopback."""

from __future__ import annotations

import importlib
import socket
import time

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from scenario._tracing import RunTracing, ensure_tracing, exporting, setup_scenario_tracing
from scenario.types import AgentRole

from .otlp_server import otlp_server
from .span_helpers import run_info


@pytest.fixture
def platform(monkeypatch):
    with otlp_server() as server:
        monkeypatch.setenv("LANGWATCH_API_KEY", "sk-test")
        monkeypatch.setenv("LANGWATCH_ENDPOINT", server.url)
        yield server


async def one_run() -> None:
    run = RunTracing(run_info())
    run.open_turn(0)
    with run.call("Bot", AgentRole.AGENT):
        trace.get_tracer("app").start_span("tool").end()
    await run.end()


async def test_spans_are_posted_as_otlp_when_the_run_ends(platform):
    ensure_tracing(None)
    await one_run()

    assert platform.span_names == ["tool", "Bot.call", "Scenario Turn"]
    assert platform.paths == ["/api/otel/v1/traces"]
    assert platform.authorizations == ["Bearer sk-test"]


async def test_attributes_arrive(platform):
    ensure_tracing(None)
    await one_run()

    sent = {
        span.name: {entry.key: entry.value.string_value for entry in span.attributes}
        for scope in platform.requests[0].resource_spans[0].scope_spans
        for span in scope.spans
    }
    assert sent["Bot.call"]["scenario.role"] == "Agent"
    assert sent["Scenario Turn"]["langwatch.origin"] == "simulation"


async def test_a_slash_at_the_end_of_the_endpoint_does_not_matter(platform, monkeypatch):
    monkeypatch.setenv("LANGWATCH_ENDPOINT", platform.url + "/")
    ensure_tracing(None)
    await one_run()

    assert platform.paths == ["/api/otel/v1/traces"]


async def test_the_filter_holds_for_the_platform_too(platform):
    setup_scenario_tracing(span_filter=lambda span: span.name == "tool")
    await one_run()

    assert platform.span_names == ["tool"]


async def test_an_applications_own_spans_are_not_sent(platform, application):
    ensure_tracing(None)
    with trace.get_tracer("app").start_as_current_span("request of the application"):
        await one_run()
    trace.get_tracer_provider().force_flush()

    assert platform.span_names == ["tool", "Bot.call", "Scenario Turn"]
    assert "request of the application" in [span.name for span in application.get_finished_spans()]


async def test_without_a_key_nothing_is_sent(platform, monkeypatch):
    monkeypatch.delenv("LANGWATCH_API_KEY")
    ensure_tracing(None)
    await one_run()

    assert platform.requests == []


def test_the_default_endpoint(monkeypatch):
    monkeypatch.setenv("LANGWATCH_API_KEY", "sk-test")
    processor = exporting.platform_processor()

    assert isinstance(processor, BatchSpanProcessor)
    assert processor.span_exporter._inner._endpoint == "https://app.langwatch.ai/api/otel/v1/traces"
    processor.shutdown()


def test_a_missing_otlp_package_is_named_and_nothing_is_exported(monkeypatch, scenario_log):
    monkeypatch.setenv("LANGWATCH_API_KEY", "sk-test")

    def missing(name: str):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    ensure_tracing(None)

    (warning,) = scenario_log()
    assert "pip install opentelemetry-exporter-otlp-proto-http" in warning
    assert not trace.get_tracer_provider().exports


async def test_runs_go_on_when_the_platform_refuses_the_spans(platform):
    platform.status = 401
    ensure_tracing(None)
    for _ in range(3):
        await one_run()

    assert len(platform.requests) == 3


async def test_a_quick_refusal_does_not_stop_later_exports(platform):
    platform.status = 400
    ensure_tracing(None)
    await one_run()
    platform.status = 200
    await one_run()

    assert len(platform.requests) == 2


async def test_runs_do_not_wait_again_and_again_for_a_platform_that_is_not_there(monkeypatch, scenario_log):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("LANGWATCH_ENDPOINT", f"http://127.0.0.1:{unused.getsockname()[1]}")
        monkeypatch.setenv("LANGWATCH_API_KEY", "sk-test")
        ensure_tracing(None)
        began = time.monotonic()
        for _ in range(20):
            await one_run()

    assert time.monotonic() - began < 8
    assert len([text for text in scenario_log() if "export" in text]) == 1


async def test_runs_do_not_wait_again_and_again_for_a_platform_that_never_answers(monkeypatch, scenario_log):
    with otlp_server(answers=False) as server:
        monkeypatch.setenv("LANGWATCH_ENDPOINT", server.url)
        monkeypatch.setenv("LANGWATCH_API_KEY", "sk-test")
        ensure_tracing(None)
        began = time.monotonic()
        for _ in range(20):
            await one_run()

        assert time.monotonic() - began < 10
    assert any("spans of the next 30 seconds are not exported" in text for text in scenario_log())


async def test_after_the_pause_spans_are_exported_again(platform, monkeypatch):
    monkeypatch.setattr(exporting, "_SLOW", 0.0)
    monkeypatch.setattr(exporting, "_PAUSE_AFTER_FAILURE", 0.0)
    platform.status = 400
    ensure_tracing(None)
    await one_run()
    platform.status = 200
    await one_run()

    assert len(platform.requests) == 2


async def test_a_time_limit_of_the_users_wins(platform, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "7")
    processor = exporting.platform_processor()

    assert processor.span_exporter._inner._client._timeout == 7.0
    processor.shutdown()
