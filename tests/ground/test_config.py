"""Settings and their precedence: core 1.7 and 1.8."""

from __future__ import annotations

import pytest

import scenario
from scenario._model import resolve_settings
from scenario.config import LangWatchSettings, ModelConfig, ScenarioConfig
from scenario.errors import ModelNotConfiguredError


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch):
    monkeypatch.setattr(ScenarioConfig, "default_config", None)


def test_the_built_in_defaults():
    config = ScenarioConfig()
    assert (config.max_turns, config.min_turns, config.verbose, config.debug) == (10, 0, True, False)
    assert config.default_model is config.cache_key is config.observability is config.voice is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, False),
        ("", False),
        ("0", False),
        ("false", False),
        ("FALSE", False),
        ("1", True),
        ("y", True),
    ],
)
def test_headless_is_read_when_a_configuration_is_made(monkeypatch, value, expected):
    if value is not None:
        monkeypatch.setenv("SCENARIO_HEADLESS", value)
    assert ScenarioConfig().headless is expected


def test_configure_merges_and_the_current_configuration_is_seen():
    assert scenario.default_config is None
    scenario.configure(max_turns=3, default_model="openai/x")
    scenario.configure(verbose=False)
    assert (scenario.default_config.max_turns, scenario.default_config.verbose) == (3, False)
    assert scenario.default_config.default_model == "openai/x"
    assert scenario.default_config is ScenarioConfig.default_config


def test_none_means_not_given_and_assigning_none_starts_over():
    scenario.configure(max_turns=3)
    scenario.configure(max_turns=None)
    assert scenario.default_config.max_turns == 3
    ScenarioConfig.default_config = None
    assert scenario.default_config is None


def test_an_unknown_keyword_is_refused():
    with pytest.raises(TypeError):
        scenario.configure(max_turn=3)


@pytest.mark.parametrize("bad", [{"max_turns": 0}, {"min_turns": -1}, {"observability": {"filter": None}}])
def test_values_out_of_range_and_unknown_observability_keys_are_refused(bad):
    with pytest.raises(ValueError, match=r"must be at least|unknown observability keys \['filter'\]"):
        scenario.configure(**bad)
    assert scenario.default_config is None


def test_merging_changes_neither_operand_and_keeps_contained_objects():
    marker = [object()]
    left = ScenarioConfig(max_turns=3, observability={"instrumentors": marker})
    right = ScenarioConfig(verbose=2, cache_key=None)
    merged = left.merge(right)
    assert (merged.max_turns, merged.verbose) == (3, 2)
    assert merged.observability["instrumentors"] is marker
    assert (left.verbose, right.max_turns) == (True, 10)


def test_a_default_never_beats_what_was_given():
    assert ScenarioConfig(max_turns=3).merge(ScenarioConfig()).max_turns == 3


def test_items_are_the_fields_that_are_not_none():
    items = ScenarioConfig(max_turns=3).items()
    assert items["max_turns"] == 3
    assert "default_model" not in items


def test_a_model_configuration_keeps_further_keywords_and_hides_secrets():
    config = ModelConfig(
        model="openai/x", api_key="sk-secret", headers={"x-key": "sk-secret"}, timeout=3, client=object()
    )
    assert config.timeout == 3
    assert config.extras["headers"] == {"x-key": "sk-secret"}
    assert "secret" not in repr(config)
    assert "openai/x" in repr(config)
    assert "sk-secret" not in repr(ScenarioConfig(default_model=config))


def test_platform_settings_come_from_the_environment_and_keywords_win(monkeypatch):
    monkeypatch.delenv("LANGWATCH_ENDPOINT", raising=False)
    monkeypatch.delenv("LANGWATCH_API_KEY", raising=False)
    assert LangWatchSettings().endpoint == "https://app.langwatch.ai"
    assert LangWatchSettings().api_key == ""
    monkeypatch.setenv("LANGWATCH_ENDPOINT", "http://e")
    monkeypatch.setenv("LANGWATCH_API_KEY", "k")
    assert (LangWatchSettings().endpoint, LangWatchSettings().api_key) == ("http://e", "k")
    assert LangWatchSettings(api_key="mine").api_key == "mine"
    assert "'k'" not in repr(LangWatchSettings())


# Precedence of a run's values


async def run(**more):
    states = []
    script = [states.append, scenario.succeed()]
    await scenario.arun("n", "d", script=script, **{"verbose": False, **more})
    return states[0].config


async def test_arguments_of_a_run_win_over_configure_and_configure_over_defaults():
    assert (await run()).max_turns == 10
    scenario.configure(max_turns=4)
    assert (await run()).max_turns == 4
    assert (await run(max_turns=7)).max_turns == 7
    assert (await run(max_turns=None)).max_turns == 4


async def test_the_configuration_is_frozen_when_a_run_starts():
    def changes(state):
        scenario.configure(max_turns=99)
        assert state.config.max_turns == 10

    assert (await scenario.arun("n", "d", script=[changes, scenario.succeed()], verbose=False)).success


# Precedence of an agent's model settings


def settings(**given):
    return resolve_settings("Agent", **given)


def test_no_model_anywhere_names_the_class_and_both_remedies():
    with pytest.raises(ModelNotConfiguredError) as caught:
        scenario.UserSimulatorAgent()
    for part in ("UserSimulatorAgent", "model=", "configure(default_model="):
        assert part in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_an_argument_wins_and_an_explicit_zero_counts():
    scenario.configure(default_model=ModelConfig(model="openai/x", temperature=0.7, max_tokens=5))
    assert settings().temperature == 0.7
    assert settings(temperature=0.0).temperature == 0.0
    assert (settings(max_tokens=9).max_tokens, settings().max_tokens) == (9, 5)


def test_a_default_of_the_model_configuration_does_not_beat_the_agents_own_default():
    scenario.configure(default_model=ModelConfig(model="openai/x"))
    assert settings(default_temperature=0.7).temperature == 0.7


@pytest.mark.parametrize(
    ("model", "same"),
    [(None, True), ("openai/y", True), ("gpt-5", True), ("anthropic/y", False), ("claude-x", False)],
)
def test_keys_endpoints_headers_and_clients_go_to_the_same_provider_only(model, same):
    client = object()
    scenario.configure(
        default_model=ModelConfig(
            model="openai/x", api_key="k", api_base="http://b", headers={"a": "b"}, client=client, timeout=3
        )
    )
    resolved = settings(model=model)
    shared = (
        resolved.api_key,
        resolved.api_base,
        resolved.extra.get("headers"),
        resolved.extra.get("client"),
    )
    assert shared == (("k", "http://b", {"a": "b"}, client) if same else (None,) * 4)
    assert resolved.extra["timeout"] == 3


def test_extra_keywords_of_the_agent_overlay_those_of_the_configuration():
    scenario.configure(default_model=ModelConfig(model="openai/x", timeout=3, top_p=0.5))
    assert settings(extra_params={"timeout": 9}).extra == {"timeout": 9, "top_p": 0.5}
