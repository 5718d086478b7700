"""Parameters that a model refuses."""

from __future__ import annotations

import logging

import pytest

from scenario._model import complete, fake_model
from scenario._model.refusals import refused_parameter
from scenario.errors import ModelCallError
from scenario.types import ModelRequest, ModelResponse
from tests.model.requests import LOOKUP, request_to
from tests.peers.openai_server import OpenAIServer, Reply


class RefusalError(Exception):
    def __init__(self, text: str, *, status: int = 400, param: str | None = None) -> None:
        super().__init__(text)
        self.status_code = status
        self.param = param


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("temperature", {"temperature": 0.0}),
        ("tool_choice", {"tools": [LOOKUP], "tool_choice": "required"}),
        ("max_tokens", {"max_tokens": 50, "params": {}}),
        ("reasoning_effort", {"params": {"reasoning_effort": "low"}}),
        ("house_parameter", {"params": {"house_parameter": 1}}),
    ],
)
async def test_the_call_is_repeated_once_without_the_refused_parameter(name: str, fields: dict) -> None:
    async with OpenAIServer("well", refuses=[name]) as server:
        response = await complete(request_to(server, **fields))
    assert response.text == "well"
    assert [name in request.body for request in server.requests] == [True, False]


async def test_litellms_servers_refusals_are_honoured_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "litellm")
    async with OpenAIServer("well", refuses=["temperature"]) as server:
        assert (await complete(request_to(server, temperature=0.0))).text == "well"
    assert [("temperature" in request.body) for request in server.requests] == [True, False]


async def test_what_litellm_itself_refuses_is_left_out_without_touching_its_switch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "litellm")
    async with OpenAIServer("well") as server:
        assert (await complete(request_to(server, "openai/gpt-5-mini", temperature=0.5))).text == "well"
    assert [("temperature" in request.body) for request in server.requests] == [False]


async def test_it_is_remembered_for_the_model_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="scenario")
    async with OpenAIServer("well", refuses=["temperature"]) as server:
        for _ in range(3):
            await complete(request_to(server, temperature=0.0))
    assert [("temperature" in request.body) for request in server.requests] == [True, False, False, False]
    assert [record.getMessage() for record in caplog.records] == [
        "openai/gpt-4.1-mini refuses the parameter 'temperature'; it is left out of its calls from now on"
    ]


async def test_other_models_and_endpoints_still_get_the_parameter() -> None:
    async with OpenAIServer("a", refuses=["temperature"]) as server, OpenAIServer("b") as other:
        await complete(request_to(server, temperature=0.0))
        await complete(request_to(other, temperature=0.0))
        await complete(request_to(server, "openai/gpt-4.1", temperature=0.0))
    assert "temperature" in other.requests[0].body
    assert "temperature" in server.requests[2].body


async def test_several_parameters_are_left_out_one_after_the_other() -> None:
    async with OpenAIServer("well", refuses=["temperature", "seed"]) as server:
        await complete(request_to(server, temperature=0.0, params={"seed": 1}))
    assert len(server.requests) == 3
    assert server.requests[2].body.keys() == {"model", "messages"}


async def test_an_error_that_stays_is_raised_and_nothing_is_remembered() -> None:
    reply = Reply(status=400, param="temperature", message="temperature is out of the question")
    async with OpenAIServer(lambda _request: reply) as server:
        for _ in range(2):
            with pytest.raises(ModelCallError, match="out of the question"):
                await complete(request_to(server, temperature=0.0))
    assert [("temperature" in request.body) for request in server.requests] == [True, False, True, False]


async def test_a_provider_function_that_does_not_take_a_parameter_is_called_without_it() -> None:
    def reply(request: ModelRequest) -> ModelResponse:
        def provider(**params: object) -> ModelResponse:
            if "house" in params:
                raise TypeError("provider() got an unexpected keyword argument 'house'")
            return ModelResponse(text="well")

        return provider(**request.params)

    with fake_model("fake", reply):
        response = await complete(ModelRequest("fake/m", [], params={"house": 1}))
    assert response.text == "well"


REQUEST = ModelRequest(
    "openai/x", [], temperature=0.0, max_tokens=5, tool_choice="required", params={"reasoning_effort": "low"}
)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RefusalError("nope", param="temperature"), "temperature"),
        (RefusalError("nope", param="reasoning.effort"), "reasoning_effort"),
        (RefusalError("`max_output_tokens` is not supported", status=422), "max_tokens"),
        (RefusalError("thinking is not supported by this model"), "reasoning_effort"),
        (RefusalError("tool_choice 'required' and temperature"), "tool_choice"),
        (RefusalError("bad messages", param="messages"), None),
        (RefusalError("temperature is bad", param="messages[0].content"), None),
        (RefusalError("tool set_temperature is bad"), None),
        (RefusalError("temperature", status=401), None),
        (RefusalError("temperature", status=500), None),
        (ValueError("temperature"), None),
        (RefusalError("top_p is not supported"), None),
    ],
)
def test_the_refused_parameter_is_read_from_the_error(error: Exception, name: str | None) -> None:
    assert refused_parameter(error, REQUEST) == name
