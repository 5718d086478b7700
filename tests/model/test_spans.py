from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from scenario._model import complete, fake_model
from scenario._model.spans import bounded_messages
from scenario.errors import ModelCallError
from scenario.types import ModelRequest, ModelResponse, ToolCall
from tests.model.requests import HELLO, request_to
from tests.peers.openai_server import OpenAIServer, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield exporter
    provider.shutdown()


async def test_a_call_has_one_span_with_model_usage_input_and_output(exporter: InMemorySpanExporter) -> None:
    async with OpenAIServer([Reply(status=500), "good morning"]) as server:
        await complete(request_to(server, temperature=0.0, max_tokens=9))
    (span,) = exporter.get_finished_spans()
    assert span.name == "chat openai/gpt-4.1-mini"
    assert dict(span.attributes) == {
        "langwatch.span.type": "llm",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "openai/gpt-4.1-mini",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.temperature": 0.0,
        "gen_ai.request.max_tokens": 9,
        "gen_ai.response.model": "gpt-4.1-mini",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 5,
        "langwatch.input": json.dumps({"type": "chat_messages", "value": HELLO}),
        "langwatch.output": json.dumps({"type": "text", "value": "good morning"}),
    }


async def test_tool_calls_are_part_of_the_output(exporter: InMemorySpanExporter) -> None:
    answer = ModelResponse(text="wait", tool_calls=(ToolCall("1", "lookup", '{"id": 7}'),))
    with fake_model("fake", [answer]):
        await complete(ModelRequest("fake/m", HELLO))
    (span,) = exporter.get_finished_spans()
    assert json.loads(span.attributes["langwatch.output"])["value"] == 'wait\nlookup({"id": 7})'


async def test_a_failed_call_ends_its_span_with_an_error_and_without_secrets(
    exporter: InMemorySpanExporter,
) -> None:
    async with OpenAIServer(Reply(status=401, message="bad key house-key-4711")) as server:
        with pytest.raises(ModelCallError):
            await complete(request_to(server, api_key="house-key-4711"))
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == "ModelCallError"
    assert "house-key-4711" not in span.to_json()


async def test_neither_keys_nor_headers_are_in_the_span(exporter: InMemorySpanExporter) -> None:
    params = {"headers": {"authorization": "Bearer header-key-4711"}}
    with fake_model("fake", "x"):
        await complete(ModelRequest("fake/m", HELLO, api_key="house-key-4711", params=params))
    assert "4711" not in exporter.get_finished_spans()[0].to_json()


async def test_spans_made_during_the_call_are_its_children(exporter: InMemorySpanExporter) -> None:
    def reply(_request: ModelRequest) -> str:
        trace.get_tracer("other").start_span("inner").end()
        return "x"

    with fake_model("fake", reply):
        await complete(ModelRequest("fake/m", HELLO))
    inner, call = exporter.get_finished_spans()
    assert inner.parent.span_id == call.context.span_id


def test_long_strings_are_cut() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:" + "A" * 100_000}}
    (message,) = bounded_messages([{"role": "user", "content": [image]}])
    assert message["content"][0]["image_url"]["url"].endswith("... (92005 more characters)")


def test_of_a_long_conversation_the_newest_messages_are_kept() -> None:
    messages = [{"role": "user", "content": f"{number} " + "x" * 1000} for number in range(500)]
    shown = bounded_messages(messages)
    assert shown[0] == {"role": "system", "content": f"({501 - len(shown)} earlier messages left out)"}
    assert shown[1:] == messages[501 - len(shown) :]
    assert len(json.dumps(shown)) < 70_000


async def test_without_a_recording_span_nothing_is_serialised(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry import trace

    # Another test of this process may have set a provider, which can be done only once.
    monkeypatch.setattr(trace, "get_tracer", lambda *args, **more: trace.NoOpTracer())

    class Unprintable:
        def __str__(self) -> str:
            raise AssertionError("a message was serialised although nobody records")

    with fake_model("fake", "x"):
        await complete(ModelRequest("fake/m", [{"role": "user", "content": Unprintable()}]))
