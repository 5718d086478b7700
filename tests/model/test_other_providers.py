"""Providers whose own format is not OpenAI's, through their official SDKs."""

from __future__ import annotations

from typing import Any

import pytest

from scenario._model import complete
from scenario.errors import ModelCallError
from tests.model.requests import LOOKUP, request_to
from tests.peers.openai_server import OpenAIServer, Reply

# Google's SDK subclasses a class of aiohttp that discourages it.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

ANTHROPIC_ANSWER: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [
        {"type": "text", "text": "one moment"},
        {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"id": 7}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 10, "output_tokens": 3, "cache_read_input_tokens": 5},
}
GEMINI_ANSWER: dict[str, Any] = {
    "candidates": [
        {"content": {"role": "model", "parts": [{"text": "hi"}]}, "finishReason": "STOP", "index": 0}
    ],
    "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 3, "totalTokenCount": 13},
    "modelVersion": "gemini-2.5-flash",
    "responseId": "r1",
}
MISTRAL_ANSWER: dict[str, Any] = {
    "id": "1",
    "object": "chat.completion",
    "model": "mistral-large-latest",
    "created": 1,
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "hi", "tool_calls": None},
        }
    ],
    "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
}


async def test_anthropic_answers_with_text_tool_calls_and_usage() -> None:
    async with OpenAIServer(Reply(body=ANTHROPIC_ANSWER)) as server:
        params = {"headers": {"x-team": "qa"}, "house_parameter": 1}
        base = server.base_url.removesuffix("/v1")
        response = await complete(
            request_to(
                server, "claude-sonnet-4-5", api_base=base, tools=[LOOKUP], max_tokens=50, params=params
            )
        )
    received = server.requests[0]
    assert received.path == "/v1/messages"
    assert received.headers["x-api-key"] == "sk-test-0123456789"
    assert received.headers["x-team"] == "qa"
    assert received.body["house_parameter"] == 1
    assert response.text == "one moment"
    assert response.tool_calls[0].name == "lookup"
    assert response.finish_reason == "tool_calls"
    assert response.usage.output_tokens == 3
    assert response.usage.cost_usd is not None


async def test_gemini_answers_and_gets_the_headers() -> None:
    async with OpenAIServer(Reply(body=GEMINI_ANSWER)) as server:
        base = server.base_url.removesuffix("/v1")
        params = {"headers": {"x-team": "qa"}}
        response = await complete(
            request_to(server, "gemini/gemini-2.5-flash", api_base=base, temperature=0.0, params=params)
        )
    assert server.requests[0].path.endswith("models/gemini-2.5-flash:generateContent")
    assert server.requests[0].headers["x-team"] == "qa"
    assert (response.text, response.usage.input_tokens) == ("hi", 10)


async def test_mistral_answers_and_gets_the_headers() -> None:
    async with OpenAIServer(Reply(body=MISTRAL_ANSWER)) as server:
        base = server.base_url.removesuffix("/v1")
        params = {"headers": {"x-team": "qa"}}
        response = await complete(
            request_to(server, "mistral/mistral-large-latest", api_base=base, params=params)
        )
    assert server.requests[0].headers["x-team"] == "qa"
    assert (response.text, response.usage.input_tokens) == ("hi", 10)


@pytest.mark.parametrize(
    "model", ["claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/mistral-large-latest"]
)
async def test_attempts_are_counted_exactly_with_every_sdk(model: str) -> None:
    async with OpenAIServer(lambda _request: Reply(status=503)) as server:
        base = server.base_url.removesuffix("/v1")
        with pytest.raises(ModelCallError) as caught:
            await complete(request_to(server, model, api_base=base, max_tokens=5))
    assert len(server.requests) == 3
    assert (caught.value.status_code, caught.value.retryable) == (503, True)
