"""Building a RedTeamAgent: defaults, refused values, warnings, and which model gets which key."""

from __future__ import annotations

import inspect
import warnings

import pytest

from scenario._red_team.encoders import DEFAULT_TECHNIQUES, Base64Technique
from scenario._red_team.strategies.crescendo import CrescendoStrategy
from scenario._red_team.strategies.goat import GoatStrategy
from scenario._red_team.techniques import PAPER_GOAT_TECHNIQUES
from scenario.errors import ModelNotConfiguredError
from scenario.red_team_agent import RedTeamAgent
from scenario.types import AgentRole

from .campaigns import OBJECTIVE, crescendo, goat


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


@pytest.mark.parametrize(
    "settings",
    [
        {"target": None}, {"total_turns": "3"}, {"total_turns": 2.5}, {"success_score": "9"},
        {"success_score": True}, {"max_backtracks": "1"}, {"injection_probability": "0.5"},
        {"refusal_detector": "hard"},
    ],
    ids=lambda settings: "-".join(map(str, *settings.items())),
)  # fmt: skip
def test_values_of_the_wrong_kind_are_refused_by_name(settings):
    with pytest.raises(TypeError, match=f"{next(iter(settings))} must be"):
        crescendo(**settings)


@pytest.mark.parametrize("name", ["checks", "final_checks"])
@pytest.mark.parametrize("given", [print, "check", [None]], ids=["a function", "text", "a list of nothing"])
def test_checks_that_are_no_list_of_functions_are_refused_by_name(name, given):
    with pytest.raises(TypeError, match=f"^{name} must be a list of functions"):
        crescendo().marathon_script(**{name: given})


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


@pytest.mark.parametrize(
    ("factory", "settings", "meant"),
    [("goat", {"goat_technique": []}, "goat_techniques"), ("tap", {"branchin": 2}, "branching")],
)
def test_a_misspelt_keyword_of_a_factory_is_a_warning(factory, settings, meant):
    with pytest.warns(UserWarning, match=f"did you mean '{meant}'"):
        getattr(RedTeamAgent, factory)(target="x", model="fake/m", **settings)


def test_a_keyword_of_another_factory_is_a_warning():
    with pytest.warns(UserWarning, match=r"'sigma' .* parameter of RedTeamAgent\.best_of_n\(\) alone"):
        crescendo(sigma=0.4)


def test_goat_takes_its_catalogue_and_encoders_apart():
    attacker = goat(goat_techniques=PAPER_GOAT_TECHNIQUES, encoding_techniques=[Base64Technique()])

    assert attacker._run.options.strategy.techniques == PAPER_GOAT_TECHNIQUES
    assert [t.name for t in attacker._run.options.techniques] == ["base64"]
    assert list(goat()._run.options.techniques) == DEFAULT_TECHNIQUES


def test_the_old_name_of_the_encoders_is_deprecated():
    with pytest.warns(DeprecationWarning, match="encoding_techniques"):
        attacker = goat(techniques=[Base64Technique()])

    assert [t.name for t in attacker._run.options.techniques] == ["base64"]


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

    assert type(attacker._run.options.strategy) is kind


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
