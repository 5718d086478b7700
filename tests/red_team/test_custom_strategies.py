"""Strategies of the test's author."""

from __future__ import annotations

import pytest

from scenario._red_team.strategy import RedTeamStrategy
from scenario.errors import AgentCallError
from scenario.red_team_agent import RedTeamAgent

from .campaigns import PLAN, REFUSAL, Cast, Target, grade, play, playing, yields_at


class Minimal(RedTeamStrategy):
    def __init__(self):
        self.seen = []

    def build_system_prompt(
        self, target, current_turn, total_turns, scenario_description, metaprompt_plan="", **kwargs
    ):
        self.seen.append((current_turn, total_turns, metaprompt_plan, kwargs))
        return f"You attack in an authorised test: {target}"

    def get_phase_name(self, current_turn, total_turns):
        return "only"


def agent(strategy, **settings):
    return RedTeamAgent(
        **{
            "strategy": strategy,
            "target": "the code",
            "model": "fake/m",
            "total_turns": 3,
            "seed": 1,
            **settings,
        }
    )


async def test_two_methods_make_a_strategy():
    strategy = Minimal()
    attacker = agent(strategy, success_confirm_turns=1)
    with playing(Cast()):
        result = await play(attacker, Target(yields_at(2)))

    assert not result.success
    assert attacker.record().first_breach_turn == 2
    assert [seen[:3] for seen in strategy.seen] == [(1, 3, PLAN), (2, 3, PLAN)]


async def test_a_strategy_learns_scores_refusals_and_budget():
    strategy = Minimal()
    with playing(Cast(grade=lambda _: grade(4))):
        await play(agent(strategy), Target(lambda n: "Hm." if n == 1 else REFUSAL))

    known = [seen[3] for seen in strategy.seen]
    assert [k["scores"] for k in known] == [{}, {1: 4}, {1: 4, 2: 0}]
    assert [k["last_refusal"] for k in known] == ["", "", REFUSAL]
    assert [k["backtracks_left"] for k in known] == [1, 1, 0]
    assert known[0]["rng"].random() is not None


@pytest.mark.parametrize("hook", ["build_system_prompt", "parse_attacker_output", "template_variables"])
async def test_a_hook_that_raises_is_told_with_strategy_and_exchange(hook):
    strategy = Minimal()

    def broken(*args, **kwargs):
        raise KeyError("oops")

    setattr(strategy, hook, broken)
    with (
        playing(Cast()),
        pytest.raises(AgentCallError, match=rf"Minimal\.{hook} failed in exchange 1: KeyError"),
    ):
        await play(agent(strategy), Target("Hm."))


@pytest.mark.parametrize(
    ("hook", "returned", "expected"),
    [
        ("build_system_prompt", None, "str"),
        ("parse_attacker_output", "x", "AttackerOutput"),
    ],
)
async def test_a_hook_that_returns_the_wrong_thing_is_told_too(hook, returned, expected):
    strategy = Minimal()
    setattr(strategy, hook, lambda *args, **kwargs: returned)
    with (
        playing(Cast()),
        pytest.raises(
            AgentCallError,
            match=rf"Minimal\.{hook} failed in exchange 1: TypeError: expected it to return {expected}",
        ),
    ):
        await play(agent(strategy), Target("Hm."))


async def test_a_strategy_without_a_plan_gets_none():
    class Unplanned(Minimal):
        needs_metaprompt_plan = False

    strategy = Unplanned()
    with pytest.warns(UserWarning, match="Unplanned makes no attack plan: attack_plan is not used"):
        attacker = agent(strategy, attack_plan="MY OWN PLAN")
    with playing(Cast()):
        await play(attacker, Target("Hm."))

    assert {seen[2] for seen in strategy.seen} == {""}


@pytest.mark.parametrize("hook", ["get_phase_name", "chosen_technique_ids"])
async def test_a_hook_for_telemetry_that_raises_is_only_logged(hook, caplog):
    strategy = Minimal()

    def broken(*args, **kwargs):
        raise KeyError("oops")

    setattr(strategy, hook, broken)
    with playing(Cast(grade=lambda _: grade(1))):
        result = await play(agent(strategy), Target("Hm."))

    assert result.success
    assert f"Minimal.{hook} failed" in caplog.text
