"""Building a RedTeamAgent: defaults, refused values, warnings, and which model gets which key."""

from __future__ import annotations

import inspect
import warnings

import pytest

import scenario
from scenario._red_team.encoders import DEFAULT_TECHNIQUES, Base64Technique
from scenario._red_team.strategies.crescendo import CrescendoStrategy
from scenario._red_team.strategies.goat import GoatStrategy
from scenario._red_team.techniques import PAPER_GOAT_TECHNIQUES
from scenario.errors import ModelNotConfiguredError
from scenario.red_team_agent import RedTeamAgent
from scenario.types import AgentRole

from .campaigns import OBJECTIVE, Cast, Target, crescendo, goat, play, playing


def test_the_defaults():
    attacker = RedTeamAgent.crescendo(target=OBJECTIVE, model="fake/m")

    assert attacker.role is AgentRole.USER
    assert (attacker.target, attacker.total_turns, attacker.metaprompt_model) == (OBJECTIVE, 30, "fake/m")
    assert (attacker.score_responses, attacker.fast_refusal_detection) == (True, True)
    assert (attacker.success_score, attacker.success_confirm_turns) == (9, 2)
    assert (attacker.scores, attacker.backtracks, attacker.injections) == ({}, [], [])


def test_parameters_are_keyword_only():
    kinds = {p.kind for p in inspect.signature(RedTeamAgent).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


@pytest.mark.parametrize(
    "settings",
    [
        {"max_backtracks": -1}, {"injection_probability": -0.1}, {"injection_probability": 1.1},
        {"injection_probability": 0.5, "techniques": []},
        {"total_turns": 0},
        {"success_confirm_turns": 0},
        {"success_score": -1}, {"success_score": 11}, {"target": "  "}, {"attack_plan": " "},
        {"voice": "nova"},
        {"max_attacker_retries": -1}, {"history_token_limit": 0},
    ],
    ids=lambda settings: next(iter(settings)),
)  # fmt: skip
def test_values_out_of_range_are_refused_by_name(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        crescendo(**settings)


def test_no_techniques_are_fine_without_injections():
    crescendo(techniques=[])


def test_without_any_model_the_error_names_the_agent():
    with pytest.raises(ModelNotConfiguredError, match="RedTeamAgent"):
        RedTeamAgent.goat(target=OBJECTIVE)


def test_a_template_that_is_not_used_is_a_warning():
    with pytest.warns(UserWarning, match="GoatStrategy makes no attack plan"):
        goat(metaprompt_template="{target}")


def test_a_misspelt_keyword_is_a_warning():
    with pytest.warns(UserWarning, match="did you mean 'total_turns'"):
        crescendo(total_turn=3)


def test_goat_takes_its_catalogue_and_encoders_apart():
    attacker = goat(goat_techniques=PAPER_GOAT_TECHNIQUES, encoding_techniques=[Base64Technique()])

    assert attacker._campaign.options.strategy.techniques == PAPER_GOAT_TECHNIQUES
    assert [t.name for t in attacker._campaign.options.techniques] == ["base64"]
    assert list(goat()._campaign.options.techniques) == DEFAULT_TECHNIQUES


def test_the_old_name_of_the_encoders_is_deprecated():
    with pytest.warns(DeprecationWarning, match="encoding_techniques"):
        attacker = goat(techniques=[Base64Technique()])

    assert [t.name for t in attacker._campaign.options.techniques] == ["base64"]


def test_both_names_of_the_encoders_contradict_each_other():
    with pytest.raises(TypeError, match="encoding_techniques"):
        goat(techniques=[], encoding_techniques=[])


def test_factories_build_the_class_they_are_called_on():
    class Mine(RedTeamAgent):
        pass

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(Mine.crescendo(target="x", model="fake/m")) is Mine


@pytest.mark.parametrize(("name", "kind"), [("crescendo", CrescendoStrategy), ("goat", GoatStrategy)])
def test_a_strategy_may_be_named(name, kind):
    attacker = RedTeamAgent(strategy=name, target="x", model="fake/m")

    assert type(attacker._campaign.options.strategy) is kind


def test_an_unknown_strategy_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=r"'crescend'.*best_of_n, crescendo, goat, many_shot, pair, tap"):
        RedTeamAgent(strategy="crescend", target="x", model="fake/m")


@pytest.mark.parametrize("strategy", [CrescendoStrategy, None, object()])
def test_what_is_no_strategy_is_refused(strategy):
    with pytest.raises(TypeError, match="instance of RedTeamStrategy"):
        RedTeamAgent(strategy=strategy, target="x", model="fake/m")


def test_voice_and_effects_are_kept():
    attacker = crescendo(voice="offline/plain", audio_effects=(len,))

    assert (attacker.voice, attacker.audio_effects) == ("offline/plain", [len])


# Models


async def requests_of(cast, **settings):
    with playing(cast):
        await play(crescendo(total_turns=1, **settings), Target("We open at nine."), judge=False)
    return {kind: asked[0] for kind, asked in cast.asked.items() if asked}


async def test_the_default_model_brings_its_endpoint_key_and_extras():
    scenario.configure(
        default_model=scenario.ModelConfig(
            model="fake/default", api_base="http://127.0.0.1:9", api_key="k-default", headers={"x": "1"}
        )
    )
    asked = await requests_of(Cast(), model=None)

    for kind in ("attacker", "scorer", "plan"):
        request = asked[kind]
        assert (request.model, request.api_key, request.params["headers"]) == (
            "fake/default",
            "k-default",
            {"x": "1"},
        )


async def test_temperatures():
    asked = await requests_of(Cast())
    assert (asked["attacker"].temperature, asked["plan"].temperature, asked["scorer"].temperature) == (
        0.7,
        0.7,
        0.0,
    )

    asked = await requests_of(Cast(), temperature=0.0, metaprompt_temperature=0.3)
    assert (asked["attacker"].temperature, asked["plan"].temperature, asked["scorer"].temperature) == (
        0.0,
        0.3,
        0.0,
    )


async def test_extra_parameters_go_to_the_attacker_and_only_those_of_the_connection_further():
    asked = await requests_of(Cast(), top_p=0.5, headers={"h": "1"}, timeout=9)

    assert asked["attacker"].params == {"top_p": 0.5, "headers": {"h": "1"}, "timeout": 9}
    assert asked["scorer"].params == {"headers": {"h": "1"}, "timeout": 9}


async def test_the_scorer_has_room_to_think():
    scenario.configure(default_model=scenario.ModelConfig(model="fake/default", max_tokens=100))
    asked = await requests_of(Cast(), model=None)

    assert (asked["attacker"].max_tokens, asked["scorer"].max_tokens) == (100, 1024)


async def test_an_attacker_that_speaks_is_told_so():
    asked = await requests_of(Cast(), voice="offline/plain")

    assert "read aloud" in asked["attacker"].messages[0]["content"]


def test_the_attackers_key_is_not_sent_to_another_provider():
    attacker = RedTeamAgent.crescendo(
        target="x", model="xai/grok", api_key="k-xai", api_base="https://x.test",
        metaprompt_model="anthropic/claude", headers={"authorization": "k-xai"},
    )  # fmt: skip
    models = attacker._campaign._models

    assert (models.attacker.api_key, models.attacker.api_base) == ("k-xai", "https://x.test")
    for settings in (models._grader, models._planner, attacker.metaprompt_settings):
        assert (settings.model, settings.api_key, settings.api_base) == ("anthropic/claude", None, None)
        assert settings.extra == {}


def test_the_attackers_key_serves_another_model_of_its_provider():
    attacker = RedTeamAgent.crescendo(
        target="x", model="openai/gpt-5", api_key="k", metaprompt_model="gpt-5-mini"
    )

    assert attacker.metaprompt_settings.api_key == "k"


def test_the_metaprompt_model_may_have_an_endpoint_and_key_of_its_own():
    attacker = RedTeamAgent.crescendo(
        target="x", model="xai/grok", api_key="k", metaprompt_model="anthropic/claude",
        metaprompt_api_key="m", metaprompt_api_base="https://m.test",
    )  # fmt: skip

    assert (attacker.metaprompt_settings.api_key, attacker.metaprompt_settings.api_base) == (
        "m",
        "https://m.test",
    )
