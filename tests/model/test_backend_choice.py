from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from scenario._model import UsageMeter, backends, complete, fake_model, forbid_real_requests, loading
from scenario._model.backends import backend_for
from scenario._model.backends.sdks import SdkUnavailableError
from scenario.errors import MissingExtraError, ModelCallError
from scenario.types import ModelRequest, ModelResponse
from tests.model.requests import HELLO, request_to
from tests.peers.openai_server import OpenAIServer


async def chosen(model: str) -> str:
    return (await backend_for(ModelRequest(model, []))).__module__.rpartition(".")[2]


@pytest.fixture
def no_litellm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "find_spec", lambda name: None)


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "gemini/x", "openrouter/a/b"])
async def test_any_llm_is_the_default(model: str) -> None:
    assert await chosen(model) == "any_llm"


@pytest.mark.parametrize("model", ["openai/x", "gpt-5-mini", "custom_openai/x"])
async def test_openai_is_called_without_a_detour(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await chosen(model) == "openai"
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "any-llm")
    assert await chosen(model) == "any_llm"


async def test_litellm_serves_providers_that_any_llm_does_not_know() -> None:
    assert await chosen("replicate/some/model") == "litellm"


async def test_litellm_serves_providers_whose_sdk_is_not_installed() -> None:
    assert await chosen("cohere/command-r") == "litellm"


async def test_the_environment_can_choose_litellm_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "litellm")
    assert await chosen("openai/x") == "litellm"


async def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "magic")
    with pytest.raises(ValueError, match="must be 'litellm' or 'any-llm', got 'magic'"):
        await chosen("openai/x")


@pytest.mark.usefixtures("no_litellm")
@pytest.mark.parametrize("model", ["replicate/some/model", "cohere/command-r"])
async def test_without_litellm_the_error_gives_its_install_command(model: str) -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'agent-scenario\[litellm\]'"):
        await chosen(model)


@pytest.mark.usefixtures("no_litellm")
async def test_litellm_by_environment_without_litellm_gives_its_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "litellm")
    with pytest.raises(MissingExtraError, match=r"pip install 'agent-scenario\[litellm\]'"):
        await chosen("openai/x")


@pytest.mark.usefixtures("no_litellm")
async def test_a_provider_with_an_extra_of_its_own_gets_the_command_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def not_there(provider: str) -> None:
        raise SdkUnavailableError(provider, "not installed")

    monkeypatch.setattr(backends, "sdk_of", not_there)
    assert "anthropic" in importlib.metadata.metadata("agent-scenario").get_all("Provides-Extra")
    with pytest.raises(MissingExtraError, match=r"pip install 'agent-scenario\[anthropic\]'"):
        await chosen("anthropic/claude-sonnet-4-5")


@pytest.mark.usefixtures("no_litellm")
async def test_a_bare_name_of_no_known_family_asks_for_the_provider() -> None:
    with pytest.raises(ModelCallError, match="write it as 'provider/name'"):
        await chosen("house-model")


@pytest.fixture
def in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A stand-in for a room of models in this process."""
    module = ModuleType(f"scenario._model.{request.param}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(loading, "_loads", {})
    return module


@pytest.mark.parametrize(
    ("in_process", "model"),
    [("offline", "offline/players"), ("local", "local/x.gguf")],
    indirect=["in_process"],
)
async def test_models_in_this_process_are_asked_there(in_process: ModuleType, model: str) -> None:
    async def answer(request: ModelRequest) -> ModelResponse:
        return ModelResponse(text=f"here: {request.model}")

    in_process.answer = answer
    assert (await complete(ModelRequest(model, []))).text == f"here: {model}"


async def test_an_offline_model_that_is_none_is_refused() -> None:
    with pytest.raises(ModelCallError, match="there is no model 'offline/playes'"):
        await chosen("offline/playes")


@pytest.mark.parametrize("in_process", ["local"], indirect=True)
async def test_auto_is_one_call_of_the_model_that_it_stands_for(in_process: ModuleType) -> None:
    async def answer(request: ModelRequest) -> ModelResponse:
        return await complete(replace(request, model="fake/chosen"))

    in_process.answer = answer
    meter = UsageMeter()
    with fake_model("fake", "chosen"), meter.role("Judge"):
        response = await complete(ModelRequest("auto", []))
    assert response.text == "chosen"
    assert meter.report().total.calls == 1


async def test_while_real_requests_are_forbidden_only_loopback_is_reached() -> None:
    async with OpenAIServer("local") as server:
        with forbid_real_requests():
            with pytest.raises(ModelCallError, match="a test forbids real requests"):
                await complete(ModelRequest("openai/gpt-4.1-mini", HELLO, api_key="sk-x"))
            with pytest.raises(ModelCallError, match="a test forbids real requests"):
                await complete(ModelRequest("openai/x", HELLO, api_base="http://127.0.0.1.example.com/v1"))
            assert (await complete(request_to(server))).text == "local"
