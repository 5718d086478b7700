from __future__ import annotations

from typing import Any

import pytest

from scenario._model import complete, fake_model, register_model_provider
from scenario._model.registry import registered_provider, unregister_model_provider
from scenario.errors import ModelCallError, ModelResponseError
from scenario.types import ModelRequest, ModelResponse, ToolCall

ASK = ModelRequest("fake/anything", [{"role": "user", "content": "hello"}])


async def test_replies_come_in_order_and_requests_are_kept() -> None:
    whole = ModelResponse(text="third", finish_reason="length")
    with fake_model("fake", ["first", {"lookup": {"id": 7}, "raw": "{"}, whole]) as fake:
        first, second, third = [await complete(ASK) for _ in range(3)]
    assert (first.text, first.finish_reason) == ("first", "stop")
    assert second.tool_calls == (ToolCall("call_1", "lookup", '{"id": 7}'), ToolCall("call_2", "raw", "{"))
    assert third is whole
    assert fake.requests == [ASK] * 3
    assert fake.prompts[0] == [{"role": "user", "content": "hello"}]


async def test_one_text_answers_everything() -> None:
    with fake_model("fake", "same"):
        assert [(await complete(ASK)).text for _ in range(3)] == ["same"] * 3


async def test_a_function_is_asked_for_each_reply_sync_or_async() -> None:
    async def reply(request: ModelRequest) -> str:
        return request.messages[0]["content"] + "!"

    with fake_model("fake", reply):
        assert (await complete(ASK)).text == "hello!"
    with fake_model("fake", [lambda request: {"lookup": {}}, reply]):
        assert (await complete(ASK)).tool_calls[0].name == "lookup"
        assert (await complete(ASK)).text == "hello!"


async def test_an_exception_among_the_replies_is_raised() -> None:
    with fake_model("fake", [ValueError("boom"), "well"]):
        with pytest.raises(ModelCallError, match="boom") as caught:
            await complete(ASK)
        assert isinstance(caught.value.__cause__, ValueError)
        assert not caught.value.retryable


async def test_a_retryable_exception_is_followed_by_the_next_reply() -> None:
    with fake_model(
        "fake", [ModelCallError("busy", model="fake", retryable=True), ConnectionError(), "well"]
    ):
        assert (await complete(ASK)).text == "well"


async def test_an_exhausted_script_says_which_request_it_was() -> None:
    with fake_model("fake", ["only"]):
        await complete(ASK)
        with pytest.raises(ModelCallError, match="no reply for request 2; give it more replies"):
            await complete(ASK)


async def test_an_impossible_reply_is_refused() -> None:
    with fake_model("fake", [5]), pytest.raises(ModelCallError, match="a reply must be text"):
        await complete(ASK)


async def test_after_the_block_the_former_provider_is_back() -> None:
    with fake_model("fake", "outer"):
        with fake_model("fake", "inner"):
            assert (await complete(ASK)).text == "inner"
        assert (await complete(ASK)).text == "outer"
    assert registered_provider("fake") is None


async def test_a_registered_provider_comes_before_the_built_in_one() -> None:
    async def provider(request: ModelRequest) -> ModelResponse:
        return ModelResponse(text=f"mine: {request.model}")

    register_model_provider("openai", provider)
    try:
        assert (await complete(ModelRequest("gpt-5-mini", []))).text == "mine: gpt-5-mini"
    finally:
        unregister_model_provider("openai")


@pytest.mark.parametrize("prefix", ["", "a/b", "a/"])
def test_a_prefix_that_no_model_string_can_have_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="before its first '/'"):
        register_model_provider(prefix, lambda _request: None)


def test_a_provider_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="got 'gpt'"):
        register_model_provider("acme", "gpt")


@pytest.mark.parametrize("answer", ["hello", None, {"text": "hello"}])
async def test_a_provider_that_returns_something_else_is_told_what_it_must_return(answer: Any) -> None:
    async def provider(_request: ModelRequest) -> Any:
        return answer

    register_model_provider("acme", provider)
    try:
        with pytest.raises(
            ModelResponseError, match=r"'acme/x' must return a scenario\.types\.ModelResponse"
        ):
            await complete(ModelRequest("acme/x", []))
    finally:
        unregister_model_provider("acme")
