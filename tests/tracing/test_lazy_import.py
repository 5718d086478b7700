from __future__ import annotations

import subprocess
import sys

import pytest

import scenario._tracing


def in_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_imports_nothing_of_opentelemetry():
    code = """
import sys, scenario._tracing
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
    assert in_new_process(code) == "[]"


def test_resolving_a_name_creates_no_provider_and_imports_no_exporter():
    code = """
import sys
from scenario._tracing import RunTracing, setup_scenario_tracing
from opentelemetry import trace
print(type(trace.get_tracer_provider()).__name__, "opentelemetry.exporter" in sys.modules)
"""
    assert in_new_process(code) == "ProxyTracerProvider False"


@pytest.mark.parametrize("name", scenario._tracing.__all__)
def test_every_exported_name_resolves(name):
    assert callable(getattr(scenario._tracing, name)) or name == "judge_span_collector"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = scenario._tracing.nothing


def test_the_list_of_names_is_sorted():
    assert scenario._tracing.__all__ == sorted(scenario._tracing.__all__)


def test_with_the_sdk_switched_off_a_run_has_the_invalid_trace_and_still_works():
    code = """
import asyncio, os
os.environ["OTEL_SDK_DISABLED"] = "true"
from scenario._observer import RunInfo
from scenario._tracing import RunTracing, ensure_tracing
from scenario.config import ScenarioConfig
from scenario.types import AgentRole

ensure_tracing(None)
run = RunTracing(RunInfo("n", "d", "r", "t", "b", "s", ScenarioConfig()))
trace_id = run.open_turn(0)
with run.call("A", AgentRole.AGENT) as call:
    call.set(**{"a": 1})
    headers = call.headers
run.rolled_back(0, 1)
asyncio.run(run.end())
print(trace_id, headers)
"""
    assert in_new_process(code) == f"{'0' * 32} {{'baggage': 'langwatch.thread.id=t'}}"
