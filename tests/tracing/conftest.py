from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

from scenario._tracing import provider, setup


@pytest.fixture(autouse=True)
def no_provider(monkeypatch):
    """Each test starts like a fresh process: no global provider, nothing set up, no platform."""
    # OpenTelemetry lets the global provider be set once per process and has no public way back.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(provider, "_private_provider", None)
    monkeypatch.setattr(setup, "_explicit", None)
    monkeypatch.setattr(setup, "_reported", set())
    monkeypatch.delenv("LANGWATCH_API_KEY", raising=False)
    monkeypatch.delenv("LANGWATCH_ENDPOINT", raising=False)
    monkeypatch.delenv("OTEL_TRACES_SAMPLER", raising=False)
    yield
    if isinstance(current := trace.get_tracer_provider(), TracerProvider):
        current.shutdown()


@pytest.fixture
def application(no_provider) -> InMemorySpanExporter:
    """An application that has its own provider; what it exports."""
    exporter = InMemorySpanExporter()
    trace.set_tracer_provider(TracerProvider())
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def scenario_log(caplog):
    """The log records of the framework, as texts."""
    caplog.set_level("DEBUG", logger="scenario")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "scenario"]
