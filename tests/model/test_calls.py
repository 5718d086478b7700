"""What a call sends and what it returns, over real HTTP, with both backends."""

from __future__ import annotations

import asyncio
import contextvars
import os

import pytest

from scenario._model import UsageMeter, complete
from scenario.errors import ModelResponseError
from scenario.types import ModelRequest, ToolCall
from tests.model.requests import HELLO, LOOKUP, request_to
from tests.peers.openai_server import OpenAIServer, Received, Reply


async def test_the_answer_holds_text_finish_reason_and_model(backend: str) -> None:
    async with OpenAIServer("good morning") as server:
        response = await complete(request_to(server))
    assert (response.text, response.tool_calls) == ("good morning", ())
    assert (response.finish_reason, response.model) == ("stop", "gpt-4.1-mini")


async def test_tool_calls_keep_their_order_and_raw_arguments(backend: str) -> None:
    reply = Reply(None, tool_calls=[("lookup", {"id": 7}), ("lookup", "{broken")])
    async with OpenAIServer(reply) as server:
        response = await complete(request_to(server, tools=[LOOKUP], tool_choice="required"))
    assert response.text is None
    assert response.tool_calls == (
        ToolCall("call_1", "lookup", '{"id": 7}'),
        ToolCall("call_2", "lookup", "{broken"),
    )
    assert response.finish_reason == "tool_calls"


async def test_the_request_arrives_in_openai_format(backend: str) -> None:
    async with OpenAIServer() as server:
        await complete(
            request_to(
                server,
                tools=[LOOKUP],
                tool_choice={"type": "function", "function": {"name": "lookup"}},
                temperature=0.0,
                max_tokens=50,
                params={"seed": 3},
            )
        )
    received = server.requests[0]
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == "Bearer sk-test-0123456789"
    assert received.body["model"] == "gpt-4.1-mini"
    assert received.body["messages"] == HELLO
    assert received.body["tools"] == [LOOKUP]
    assert received.body["tool_choice"] == {"type": "function", "function": {"name": "lookup"}}
    assert received.body["temperature"] == 0.0
    assert received.body["seed"] == 3
    assert 50 in (received.body.get("max_tokens"), received.body.get("max_completion_tokens"))


async def test_what_is_not_given_is_not_sent(backend: str) -> None:
    async with OpenAIServer() as server:
        await complete(request_to(server))
    assert server.requests[0].body.keys() - {"stream"} == {"model", "messages"}


async def test_a_bare_name_goes_to_its_familys_provider(backend: str) -> None:
    async with OpenAIServer() as server:
        await complete(request_to(server, "gpt-4.1-mini"))
    assert server.requests[0].body["model"] == "gpt-4.1-mini"


async def test_headers_and_parameters_unknown_to_the_sdk_reach_the_provider(backend: str) -> None:
    async with OpenAIServer() as server:
        params = {"headers": {"x-team": "qa"}, "house_parameter": {"a": 1}}
        await complete(request_to(server, params=params))
    assert server.requests[0].headers["x-team"] == "qa"
    assert server.requests[0].body["house_parameter"] == {"a": 1}


async def test_time_out_and_retries_are_not_sent_to_the_provider(backend: str) -> None:
    async with OpenAIServer() as server:
        await complete(request_to(server, params={"timeout": 5, "num_retries": 1}))
    assert server.requests[0].body.keys() - {"stream"} == {"model", "messages"}


async def test_the_key_of_the_environment_is_used_when_none_is_given(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenAIServer() as server:
        for key in ("sk-first-000000", "sk-second-00000"):
            monkeypatch.setenv("OPENAI_API_KEY", key)
            await complete(request_to(server, api_key=None))
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer sk-first-000000", "Bearer sk-second-00000"]


async def test_a_client_of_the_user_is_used_as_it_is_and_left_open(backend: str) -> None:
    from openai import AsyncOpenAI

    async with (
        OpenAIServer() as server,
        AsyncOpenAI(
            api_key="sk-of-the-client", base_url=server.base_url, default_headers={"x-mine": "1"}
        ) as client,
    ):
        request = ModelRequest("openai/gpt-4.1-mini", HELLO, params={"client": client})
        await complete(request)
        assert not client.is_closed()
        await complete(request)
    assert [sent.headers["authorization"] for sent in server.requests] == ["Bearer sk-of-the-client"] * 2
    assert server.requests[0].headers["x-mine"] == "1"


async def test_usage_and_cost_go_to_the_response_and_to_the_meter(backend: str) -> None:
    meter = UsageMeter()
    async with OpenAIServer() as server:
        with meter.role("Judge"):
            response = await complete(request_to(server))
    usage = response.usage
    assert (usage.calls, usage.input_tokens, usage.cached_input_tokens, usage.output_tokens) == (1, 20, 4, 5)
    assert usage.cost_usd == pytest.approx((16 * 0.4 + 4 * 0.1 + 5 * 1.6) / 1e6)
    assert meter.report().by_role == {"Judge": usage}


async def test_a_model_without_a_known_price_has_no_cost(backend: str) -> None:
    async with OpenAIServer() as server:
        response = await complete(request_to(server, "openai/house-model"))
    assert response.usage.cost_usd is None
    assert response.usage.input_tokens == 20


async def test_an_answer_without_choices_is_an_error_with_the_model(backend: str) -> None:
    async with OpenAIServer(Reply(choices=False)) as server:
        with pytest.raises(ModelResponseError) as caught:
            await complete(request_to(server))
    assert caught.value.model == "openai/gpt-4.1-mini"
    assert "openai/gpt-4.1-mini" in str(caught.value)


async def test_the_messages_of_the_caller_are_not_changed(backend: str) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]
    async with OpenAIServer() as server:
        await complete(request_to(server, messages=messages))
    assert messages == [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]


async def test_fifty_slow_calls_run_side_by_side(backend: str) -> None:
    arrived = 0
    everyone = asyncio.Event()

    async def answer(request: Received) -> str:
        nonlocal arrived
        arrived += 1
        if arrived == 50:
            everyone.set()
        await everyone.wait()  # nobody is answered before all have asked
        return request.body["messages"][0]["content"]

    async with OpenAIServer(answer) as server, asyncio.timeout(60):
        responses = await asyncio.gather(
            *(complete(request_to(server, messages=[{"role": "user", "content": str(n)}])) for n in range(50))
        )
    assert [response.text for response in responses] == [str(n) for n in range(50)]


async def test_the_callers_context_variables_are_visible_to_the_call() -> None:
    from scenario._model.backends.service_loop import run_on_service_loop

    variable = contextvars.ContextVar("variable", default="unset")

    async def read() -> str:
        return variable.get()

    variable.set("mine")
    assert await run_on_service_loop(read()) == "mine"


async def test_litellms_global_options_and_the_environment_stay_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import litellm

    before = (litellm.drop_params, litellm.num_retries, litellm.request_timeout, litellm.modify_params)
    environment = dict(os.environ)
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "litellm")
    async with OpenAIServer() as server:
        await complete(request_to(server))
    after = (litellm.drop_params, litellm.num_retries, litellm.request_timeout, litellm.modify_params)
    assert after == before
    assert "LITELLM_LOCAL_MODEL_COST_MAP" not in os.environ or "LITELLM_LOCAL_MODEL_COST_MAP" in environment
