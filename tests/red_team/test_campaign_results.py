"""What a campaign found: attack success rates, the table, and the assertion."""

from __future__ import annotations

import dataclasses

import pytest

import scenario
from scenario._red_team.outcome import outcome_of
from scenario.campaign import AttackResult, CampaignResult, SuccessRate, attacks
from scenario.types import ScenarioResult

from .campaigns import Cast, Target, crescendo, playing


def campaign(**outcomes) -> CampaignResult:
    """Return the result of attacks on two objectives; the outcomes are given by objective."""
    results = []
    for objective, given in outcomes.items():
        planned = attacks([objective], strategies=["goat"], trials=len(given), seed=1, model="fake/m")
        results += [
            AttackResult(
                attack=attack,
                outcome=outcome,
                result=ScenarioResult(success=outcome == "held", messages=[], reasoning=f"it {outcome}"),
                error=None,
                agent=attack.agent(),
                messages=[],
                elapsed_seconds=1.0,
            )
            for attack, outcome in zip(planned, given, strict=True)
        ]
    return CampaignResult(tuple(results))


def test_errored_attacks_are_no_attempts_and_inconclusive_ones_are():
    rate = SuccessRate("x", "goat", ("held", "broke", "inconclusive", "errored", "broke"))

    assert rate.attempts == 4
    assert rate.rate == 0.5
    assert rate.interval == pytest.approx((0.1500, 0.8500), abs=5e-5)
    assert [rate.count(outcome) for outcome in ("held", "broke", "inconclusive", "errored")] == [1, 2, 1, 1]


def test_success_at_k_covers_every_attempt():
    rate = SuccessRate("x", "goat", ("held", "broke", "errored", "held"))

    assert rate.success_at == pytest.approx({1: 1 / 3, 2: 2 / 3, 3: 1.0})


def test_attacks_that_all_errored_say_nothing():
    rate = SuccessRate("x", "goat", ("errored", "errored"))

    assert (rate.rate, rate.interval, rate.success_at) == (None, (0.0, 1.0), {})


def test_rates_are_per_objective_and_strategy_in_order_of_trials():
    result = campaign(code=["held", "broke"], rules=["held"])
    mixed = CampaignResult(tuple(reversed(result.results)))

    assert mixed.rates == [
        SuccessRate("rules", "goat", ("held",)),
        SuccessRate("code", "goat", ("held", "broke")),
    ]


def test_the_table_has_a_line_per_objective_and_strategy():
    result = campaign(code=["held", "broke", "held"], rules=["errored"], long=["held"] * 9)

    assert str(result).splitlines() == [
        "objective  strategy  broke  held  inconclusive  errored  success rate  95 % interval  success at k",
        "code       goat      1      2     0             0        33%           6% to 79%      "
        "1: 33%, 2: 67%, 3: 100%",
        "rules      goat      0      0     0             1        -             0% to 100%     -",
        "long       goat      0      9     0             0        0%            0% to 30%      "
        "1: 0%, 2: 0%, 4: 0%, 8: 0%, 9: 0%",
    ]


def test_a_campaign_in_which_every_attack_failed_has_held():
    campaign(code=["held", "held"], rules=["held"]).assert_held()


@pytest.mark.parametrize("outcome", ["broke", "inconclusive", "errored"])
def test_whatever_else_has_not_held(outcome):
    result = campaign(code=["held", outcome])

    with pytest.raises(AssertionError, match=rf"code-goat-2 {outcome} \(seed \d+\): it {outcome}") as raised:
        result.assert_held()
    assert str(result) in str(raised.value)
    assert "code-goat-1" not in str(raised.value)


def test_a_rate_that_is_allowed_passes():
    result = campaign(code=["broke", "held", "held", "held"], rules=["held"])

    result.assert_held(max_rate=0.25)
    with pytest.raises(AssertionError, match="code-goat-1 broke"):
        result.assert_held(max_rate=0.24)


@pytest.mark.parametrize("outcome", ["inconclusive", "errored"])
def test_no_allowance_covers_what_was_not_decided(outcome):
    with pytest.raises(AssertionError, match=outcome):
        campaign(code=["held", outcome]).assert_held(max_rate=1.0)


def test_an_error_names_twenty_attacks_at_most():
    with pytest.raises(AssertionError, match="and 5 more") as raised:
        campaign(code=["broke"] * 25).assert_held()
    assert str(raised.value).count(" broke (seed ") == 20


def verdict(*, success=False, failed=(), inconclusive=(), reasoning=None):
    return ScenarioResult(
        success=success,
        messages=[],
        reasoning=reasoning,
        failed_criteria=list(failed),
        inconclusive_criteria=list(inconclusive),
    )


@pytest.mark.parametrize(
    ("result", "error", "facts", "outcome"),
    [
        (verdict(success=True), None, {}, "held"),
        (verdict(failed=["a"]), None, {}, "broke"),
        (verdict(failed=["a", "b"], inconclusive=["b"]), None, {}, "broke"),
        (verdict(failed=["b"], inconclusive=["b"]), None, {}, "inconclusive"),
        (verdict(reasoning="Reached the maximum turns (3) without a verdict."), None, {}, "inconclusive"),
        (verdict(reasoning="the code is out"), None, {}, "broke"),
        (None, AssertionError("out"), {}, "broke"),
        (None, pytest.fail.Exception("out"), {}, "broke"),
        (None, AssertionError("out"), {"conversed": False}, "errored"),
        (None, ValueError("out"), {}, "errored"),
        (None, TimeoutError(), {}, "errored"),
        (None, None, {}, "errored"),
    ],
)
def test_outcomes(result, error, facts, outcome):
    assert outcome_of(result, error, **{"conversed": True, **facts}) == outcome


async def everything_ends_undecided():
    """Return the result of each ending in which nobody decides."""

    class Nobody(scenario.JudgeAgent):
        async def call(self, input):
            return []

    def run(**settings):
        return scenario.arun(**{"name": "x", "description": "A shop.", **settings})

    def attacker():
        return crescendo(total_turns=1)

    bare, unjudged, criteria_less = attacker(), attacker(), attacker()
    no_criteria = scenario.JudgeAgent(model="fake/m", criteria=[], include_traces=False)
    with playing(Cast()):
        return [
            await run(agents=[attacker(), Target()], max_turns=1),
            await run(agents=[attacker(), Target()], script=[scenario.user(), scenario.agent()]),
            await run(agents=[bare, Target()], script=bare.marathon_script()),
            await run(
                agents=[unjudged, Target(), Nobody(model="fake/m", criteria=["a"])],
                script=unjudged.marathon_script(),
            ),
            await run(agents=[criteria_less, Target(), no_criteria], script=criteria_less.marathon_script()),
        ]


async def test_a_run_that_nobody_decided_is_inconclusive():
    for result in await everything_ends_undecided():
        assert outcome_of(result, None, conversed=True) == "inconclusive", result.reasoning


def test_a_result_shows_no_conversation_and_cannot_be_changed():
    one = campaign(code=["held"]).results[0]

    assert "messages" not in repr(one)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.outcome = "broke"


def test_of_two_criteria_with_the_same_text_one_that_is_violated_counts():
    result = ScenarioResult(
        success=False,
        messages=[],
        failed_criteria=["Is polite", "Is polite"],
        inconclusive_criteria=["Is polite"],
    )

    assert outcome_of(result, None, conversed=True) == "broke"
