"""Spans come in from real exporters, and from clients that speak OTLP in other ways."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .remote_agent import SERVICE, remote_agent
from .requests import JSON, json_request, post
from .running_call import context_of

ROOT = Path(__file__).parents[2]


def ids_of(call) -> dict[str, str]:
    """The call as the parent of a hand-made span, in JSON's form."""
    _, trace_id, span_id, _ = call.headers["traceparent"].split("-")
    return {"traceId": trace_id, "spanId": "a1b2c3d4e5f60718", "parentSpanId": span_id}


def test_spans_of_another_process_belong_to_the_call(call, receiver):
    environment = {**os.environ, **call.headers, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    command = [sys.executable, "-m", "tests.tracing_receiver.remote_agent"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=60)
    assert call.names == ["look_up_stock", "POST /chat"]
    look_up, entry = call.collector.get_spans_for_thread(call.thread_id)
    assert look_up.attributes == {"item": "kettle"}
    assert look_up.resource.attributes["service.name"] == SERVICE
    assert look_up.parent.span_id == entry.context.span_id
    assert entry.parent.span_id == call.span.get_span_context().span_id


def test_a_span_is_there_once_its_export_is_answered(call, agent):
    agent.start_span("look_up_stock", context=context_of(call.headers)).end()
    assert call.names == ["look_up_stock"]


def test_a_flush_from_another_thread_brings_everything(call, receiver):
    def work() -> None:
        with remote_agent(receiver.endpoint, processor=BatchSpanProcessor) as agent:
            for _ in range(600):  # more than one batch
                agent.start_span("look_up_stock", context=context_of(call.headers)).end()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert call.names == ["look_up_stock"] * 600


def test_gzip_is_taken(call, receiver):
    with remote_agent(receiver.endpoint, compression=Compression.Gzip) as agent:
        agent.start_span("look_up_stock", context=context_of(call.headers)).end()
    assert call.names == ["look_up_stock"]


def test_json_is_taken_and_answered(call, receiver):
    attributes = [
        {"key": "item", "value": {"stringValue": "kettle"}},
        {"key": "found", "value": {"intValue": "3"}},
        {"key": "raw", "value": {"bytesValue": "AAH/"}},
    ]
    body = json_request(**ids_of(call), kind=3, attributes=attributes, notInTheSpecification=[1])
    reply = post(receiver, body, Content_Type="application/json; charset=utf-8")
    assert (reply.status, reply.content_type, reply.body) == (200, JSON, b"{}")
    (span,) = call.collector.get_spans_for_thread(call.thread_id)
    assert span.attributes == {"item": "kettle", "found": 3, "raw": b"\x00\x01\xff"}
    assert (span.name, span.kind.name, span.start_time, span.end_time) == ("look_up_stock", "CLIENT", 1, 2)


def test_ids_in_json_are_read_in_upper_case_too(call, receiver):
    ids = {name: value.upper() for name, value in ids_of(call).items()}
    assert post(receiver, json_request(**ids), Content_Type=JSON).status == 200
    assert call.names == ["look_up_stock"]


def test_a_chunked_body_is_taken(call, receiver):
    body = json_request(**ids_of(call))
    pieces = (body[start : start + 50] for start in range(0, len(body), 50))
    assert post(receiver, pieces, Content_Type=JSON).status == 200
    assert call.names == ["look_up_stock"]


@pytest.mark.parametrize(
    "wrong", [{"traceId": ""}, {"spanId": ""}, {"spanId": "00" * 8}, {"traceId": "ab"}, {"spanId": "ab" * 9}]
)
def test_a_span_without_valid_ids_is_reported_as_rejected(call, receiver, wrong):
    reply = post(receiver, json_request(**(ids_of(call) | wrong)), Content_Type=JSON)
    assert reply.status == 200
    assert b'"rejectedSpans": "1"' in reply.body
    assert call.names == []


def test_many_agents_export_at_once(call, receiver):
    def work(number: int) -> None:
        with remote_agent(receiver.endpoint) as agent:
            for step in range(20):
                agent.start_span(f"step {number}.{step}", context=context_of(call.headers)).end()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert sorted(call.names) == sorted(f"step {number}.{step}" for number in range(8) for step in range(20))
