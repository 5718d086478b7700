from __future__ import annotations

import json
from typing import Any

import pytest

from scenario._model import resolve_settings
from scenario.config import ModelConfig, ScenarioConfig
from scenario.errors import ModelNotConfiguredError

CLIENT = object()


def configure(**values: Any) -> None:
    ScenarioConfig.configure(default_model=ModelConfig(**values))


def test_without_any_model_the_error_names_the_agent_and_both_remedies() -> None:
    with pytest.raises(ModelNotConfiguredError) as caught:
        resolve_settings("JudgeAgent")
    assert caught.value.agent == "JudgeAgent"
    assert "JudgeAgent(model=" in str(caught.value)
    assert "configure(default_model=" in str(caught.value)


def test_the_default_model_may_be_a_plain_string() -> None:
    ScenarioConfig.configure(default_model="openai/gpt-5-mini")
    settings = resolve_settings("A")
    assert (settings.model, settings.temperature, settings.max_tokens) == ("openai/gpt-5-mini", 0.0, None)


def test_the_agents_own_values_win_over_the_model_config() -> None:
    configure(model="openai/a", api_base="http://a", api_key="ka", temperature=0.1, max_tokens=1)
    settings = resolve_settings(
        "A", model="openai/b", api_base="http://b", api_key="kb", temperature=0.2, max_tokens=2
    )
    assert settings.model == "openai/b"
    assert (settings.api_base, settings.api_key) == ("http://b", "kb")
    assert (settings.temperature, settings.max_tokens) == (0.2, 2)


def test_the_model_config_fills_what_the_agent_leaves_open() -> None:
    configure(model="openai/a", api_base="http://a", api_key="ka", temperature=0.1, max_tokens=1)
    settings = resolve_settings("A")
    assert (settings.model, settings.api_base, settings.api_key) == ("openai/a", "http://a", "ka")
    assert (settings.temperature, settings.max_tokens) == (0.1, 1)


def test_an_explicit_temperature_of_zero_counts() -> None:
    configure(model="openai/a", temperature=0.9)
    assert resolve_settings("A", temperature=0.0, default_temperature=0.7).temperature == 0.0


def test_the_unset_temperature_of_a_model_config_does_not_beat_the_agents_default() -> None:
    configure(model="openai/a")
    assert resolve_settings("A", default_temperature=0.7).temperature == 0.7


def test_an_explicit_zero_of_the_model_config_beats_the_agents_default() -> None:
    configure(model="openai/a", temperature=0.0)
    assert resolve_settings("A", default_temperature=0.7).temperature == 0.0


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "claude-sonnet-4-5", "my-own-model"])
def test_another_provider_gets_neither_key_nor_endpoint_nor_headers_nor_client(model: str) -> None:
    configure(
        model="openai/a",
        api_base="http://a",
        api_key="ka",
        max_tokens=5,
        headers={"x": "y"},
        extra_headers={"x": "y"},
        client=CLIENT,
        azure_ad_token="t",
        timeout=3,
    )
    settings = resolve_settings("A", model=model)
    assert (settings.api_base, settings.api_key) == (None, None)
    assert settings.extra == {"timeout": 3}
    assert settings.max_tokens == 5


@pytest.mark.parametrize("model", ["openai/b", "gpt-5-mini"])
def test_the_same_provider_gets_them_all_prefix_or_not(model: str) -> None:
    configure(model="openai/a", api_base="http://a", api_key="ka", headers={"x": "y"}, client=CLIENT)
    settings = resolve_settings("A", model=model)
    assert (settings.api_base, settings.api_key) == ("http://a", "ka")
    assert settings.extra == {"headers": {"x": "y"}, "client": CLIENT}


def test_two_unknown_bare_names_do_not_count_as_one_provider() -> None:
    configure(model="house-model", api_key="ka")
    assert resolve_settings("A", model="other-model").api_key is None
    assert resolve_settings("A", model="house-model").api_key == "ka"


def test_the_agents_extras_overlay_those_of_the_model_config_and_none_means_not_given() -> None:
    configure(model="openai/a", timeout=3, seed=1)
    settings = resolve_settings("A", extra_params={"timeout": 9, "seed": None, "top_p": 0.5})
    assert settings.extra == {"timeout": 9, "seed": 1, "top_p": 0.5}


def test_the_configuration_is_not_changed_by_resolving() -> None:
    configure(model="openai/a", api_key="ka", headers={"x": "y"})
    resolve_settings("A", model="anthropic/b", extra_params={"seed": 1})
    default = ScenarioConfig.default_config.default_model
    assert (default.api_key, default.extras) == ("ka", {"headers": {"x": "y"}})


def test_a_request_carries_the_settings() -> None:
    settings = resolve_settings("A", model="openai/a", api_key="k", max_tokens=7, extra_params={"seed": 1})
    request = settings.request([{"role": "user", "content": "x"}], tool_choice="required")
    assert (request.model, request.api_key, request.temperature, request.max_tokens) == (
        "openai/a",
        "k",
        0.0,
        7,
    )
    assert (request.params, request.tool_choice) == ({"seed": 1}, "required")


def test_the_fingerprint_is_json_and_holds_what_decides_the_answer() -> None:
    settings = resolve_settings(
        "A", model="openai/a", temperature=0.3, extra_params={"seed": 1, "top_p": 0.1}
    )
    assert json.loads(json.dumps(settings.fingerprint())) == {
        "model": "openai/a",
        "api_base": None,
        "temperature": 0.3,
        "max_tokens": None,
        "extra": {"seed": 1, "top_p": 0.1},
    }


def test_neither_fingerprint_nor_repr_holds_a_secret() -> None:
    settings = resolve_settings(
        "A",
        model="openai/a",
        api_base="https://user:hunter22@host/v1",
        api_key="sk-0123456789",
        extra_params={
            "headers": {"Authorization": "Bearer hunter22"},
            "client": CLIENT,
            "timeout": 4,
            "extra_body": {"provider_api_key": "hunter22", "plan": "b"},
        },
    )
    fingerprint = settings.fingerprint()
    assert fingerprint["extra"] == {"extra_body": {"plan": "b"}}
    assert "hunter22" not in json.dumps(fingerprint)
    assert "sk-0123456789" not in repr(settings) + repr(settings.request([]))
