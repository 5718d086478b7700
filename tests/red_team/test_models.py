"""Which model is asked for what, and which key and endpoint it gets."""

from __future__ import annotations

import scenario
from scenario._model.fake import fake_model
from scenario.red_team_agent import RedTeamAgent

from .campaigns import Cast, Target, crescendo, play, playing


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
    models = attacker._run._models

    assert (models.attacker.api_key, models.attacker.api_base) == ("k-xai", "https://x.test")
    for settings in (models._grader, models._planner, attacker.metaprompt_settings):
        assert (settings.model, settings.api_key, settings.api_base) == ("anthropic/claude", None, None)
        assert settings.extra == {}


async def test_no_call_to_another_provider_carries_the_attackers_key_or_endpoint():
    cast = Cast()
    attacker = crescendo(
        total_turns=1, model="fake/m", api_key="k-fake", api_base="http://127.0.0.1:9/fake",
        headers={"authorization": "k-fake"}, metaprompt_model="other/m",
    )  # fmt: skip
    with playing(cast), fake_model("other", cast):
        await play(attacker, Target("We open at nine."), judge=False)

    (attack,), (score,), (plan,) = (cast.asked[kind] for kind in ("attacker", "scorer", "plan"))
    assert (attack.api_key, attack.api_base) == ("k-fake", "http://127.0.0.1:9/fake")
    for request in (score, plan):
        assert (request.model, request.api_key, request.api_base, dict(request.params)) == (
            "other/m", None, None, {},
        )  # fmt: skip


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
