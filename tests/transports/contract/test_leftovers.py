"""Row 9 of the contract for what a run leaves: artifacts, result and traces show no secret."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import scenario
from scenario._tracing import ensure_tracing
from tests.tracing.conftest import no_provider  # noqa: F401  # a tracer provider for this test alone
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.running import run


@pytest.fixture
def exported():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    return exporter


async def test_row_9_what_a_run_leaves_shows_no_secret(rig, tmp_path, exported):
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        script = [scenario.user("hello"), scenario.agent(), scenario.succeed()]
        options = {"artifacts_dir": tmp_path, "save_artifacts": "always"}
        result = await run(peer, peer.adapter(), script, **options)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "manifest.json" for path in written)
    assert not any(b"SECRET" in path.read_bytes() for path in written)
    assert "SECRET" not in f"{result!r} {result.timeline!r} {result.audio!r}"
    spans = [span.to_json() for span in exported.get_finished_spans()]
    assert spans
    assert not any("SECRET" in span for span in spans)
