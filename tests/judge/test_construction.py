"""JudgeAgent's parameters and how its settings are resolved."""

from __future__ import annotations

import inspect
import warnings

import pytest

from scenario.config import ModelConfig, ScenarioConfig
from scenario.errors import ModelNotConfiguredError
from scenario.judge_agent import JudgeAgent
from scenario.types import AgentRole

from .judge_case import judge_with, on_request


@pytest.fixture(autouse=True)
def default_config(monkeypatch):
    monkeypatch.setattr(ScenarioConfig, "default_config", None)


def configure(model):
    ScenarioConfig.default_config = ScenarioConfig(default_model=model)


def test_role_is_judge():
    assert JudgeAgent.role is AgentRole.JUDGE


def test_all_parameters_are_keyword_only():
    with pytest.raises(TypeError):
        JudgeAgent(["a criterion"])


def test_the_signature_shows_the_default_temperature():
    assert repr(inspect.signature(JudgeAgent).parameters["temperature"].default) == "0.0"


def test_defaults():
    judge = JudgeAgent(model="openai/x")

    assert judge.criteria == []
    assert judge.temperature == 0.0
    assert (judge.api_base, judge.api_key, judge.max_tokens, judge.system_prompt) == (None,) * 4
    assert (judge.include_audio, judge.include_timeline, judge.include_traces) == (None,) * 3


def test_criteria_are_copied():
    given = ["one"]
    judge = JudgeAgent(criteria=given, model="openai/x")
    given.append("two")

    assert judge.criteria == ["one"]


def test_criteria_as_text_are_a_type_error_that_shows_the_list_to_write():
    with pytest.raises(TypeError, match=r"criteria=\['is polite'\]"):
        JudgeAgent(criteria="is polite", model="openai/x")


@pytest.mark.parametrize("criteria", [7, {"a": 1}, b"bytes"])
def test_criteria_that_are_no_list_are_a_type_error(criteria):
    with pytest.raises(TypeError, match="list of strings"):
        JudgeAgent(criteria=criteria, model="openai/x")


@pytest.mark.parametrize("criterion", ["", " \n", None, 3])
def test_a_criterion_that_is_no_text_is_a_value_error(criterion):
    with pytest.raises(ValueError, match="criterion 2"):
        JudgeAgent(criteria=["fine", criterion], model="openai/x")


@pytest.mark.parametrize(
    ("name", "value"), [("token_threshold", "8192"), ("max_discovery_steps", 1.5), ("system_prompt", 5)]
)
def test_values_of_the_wrong_kind_are_refused_by_name(name, value):
    with pytest.raises(TypeError, match=f"{name} must be"):
        JudgeAgent(model="openai/x", **{name: value})


@pytest.mark.parametrize("name", ["token_threshold", "max_discovery_steps"])
def test_negative_limits_are_refused(name):
    with pytest.raises(ValueError, match=name):
        JudgeAgent(model="openai/x", **{name: -1})


@pytest.mark.parametrize("name", ["token_threshold", "max_discovery_steps"])
def test_zero_is_a_limit(name):
    JudgeAgent(model="openai/x", **{name: 0})


@pytest.mark.parametrize(
    ("written", "meant"),
    [("criterias", "criteria"), ("temprature", "temperature"), ("api_bass", "api_base"), ("modell", "model")],
)
def test_a_misspelt_keyword_warns_and_names_the_likely_one(written, meant):
    with pytest.warns(UserWarning, match=f"{written!r}.*{meant!r}"):
        JudgeAgent(**({"model": "openai/x"} | {written: "value"}))


def test_ordinary_model_parameters_do_not_warn():
    with warnings.catch_warnings(record=True) as caught:
        JudgeAgent(model="openai/x", top_p=0.5, seed=1, timeout=3, num_retries=1, headers={}, user="u")

    assert caught == []


def test_without_any_model_construction_fails():
    with pytest.raises(ModelNotConfiguredError, match="JudgeAgent"):
        JudgeAgent(criteria=["x"])


def test_the_configured_model_is_the_default():
    configure("openai/configured")

    assert JudgeAgent().model == "openai/configured"


def test_settings_come_from_the_model_config_value_by_value():
    configure(ModelConfig(model="openai/c", api_key="k", max_tokens=9, temperature=0.7))
    judge = JudgeAgent(max_tokens=3)

    assert (judge.model, judge.api_key, judge.max_tokens, judge.temperature) == ("openai/c", "k", 3, 0.7)


def test_key_and_endpoint_of_another_provider_are_not_used():
    configure(ModelConfig(model="openai/c", api_key="k", api_base="http://openai"))
    judge = JudgeAgent(model="anthropic/claude")

    assert (judge.api_key, judge.api_base) == (None, None)


async def test_an_explicit_temperature_of_zero_beats_the_configured_one():
    configure(ModelConfig(model="fake/c", temperature=0.7))
    with judge_with([{"finish_test": "{}"}] * 3, temperature=0.0) as (judge, model):
        await judge.call(on_request())

    assert model.requests[0].temperature == 0.0


async def test_extra_parameters_reach_every_model_call():
    with judge_with([{"finish_test": "{}"}] * 3, seed=42, max_tokens=77) as (judge, model):
        await judge.call(on_request())

    assert [request.params["seed"] for request in model.requests] == [42, 42, 42]
    assert [request.max_tokens for request in model.requests] == [77, 77, 77]
