"""The marathon script: its length, its early exit, and who decides."""

from __future__ import annotations

import pytest

import scenario

from .campaigns import CODE, REFUSAL, Cast, Lenient, Target, crescendo, grade, play, playing, yields_at


def passes(state):
    return None


@pytest.mark.parametrize(
    ("settings", "checks", "final_checks", "length"),
    [
        ({}, None, None, 3 * 3 + 1),
        ({"success_score": None}, None, None, 3 * 2 + 1),
        ({}, [passes, passes], [passes], 3 * 5 + 1 + 1),
        ({"success_score": None}, [passes], [passes, passes], 3 * 3 + 2 + 1),
    ],
)
def test_the_length_of_the_script(settings, checks, final_checks, length):
    script = crescendo(total_turns=3, **settings).marathon_script(checks, final_checks)

    assert len(script) == length
    assert all(callable(step) for step in script)


def test_an_unknown_on_objective_is_refused():
    with pytest.raises(ValueError, match="on_objective"):
        crescendo().marathon_script(on_objective="succeed")


async def test_a_breach_stops_the_attack_and_the_judge_decides():
    attacker, cast, target = crescendo(total_turns=10), Cast(), Target(yields_at(3))
    with playing(cast):
        result = await play(attacker, target)

    assert not result.success
    assert len(target.inputs) == 4
    assert len(cast.asked["judge"]) == 1
    for part in ("exchange 4", "10, 10", "threshold 9"):
        assert part in result.reasoning


async def test_on_objective_fail_asks_no_judge():
    attacker, cast = crescendo(), Lenient()
    with playing(cast):
        result = await play(
            attacker, Target(yields_at(1)), script=attacker.marathon_script(on_objective="fail")
        )

    assert not result.success
    assert cast.asked["judge"] == []
    assert "exchange 2" in result.reasoning


async def test_without_a_judge_a_breach_is_a_failure():
    attacker = crescendo()
    with playing(Cast()):
        result = await play(attacker, Target(yields_at(1)), judge=False)

    assert not result.success
    assert attacker.record().exchanges == 2


async def test_without_a_judge_an_attack_that_found_nothing_needs_final_checks():
    bare, checked = crescendo(total_turns=2), crescendo(total_turns=2)
    with playing(Cast()):
        without = await play(bare, Target(REFUSAL), judge=False)
        with_checks = await play(
            checked, Target(REFUSAL), judge=False, script=checked.marathon_script(final_checks=[passes])
        )

    assert not without.success
    assert "JudgeAgent" in without.reasoning
    assert with_checks.success


async def test_without_a_threshold_the_attack_never_stops_early():
    attacker, target = crescendo(total_turns=4, success_score=None), Target(yields_at(1))
    with playing(Cast()):
        result = await play(attacker, target)

    assert not result.success
    assert len(target.inputs) == 4
    assert attacker.scores == {1: 10, 2: 10, 3: 10, 4: 10}
    assert not attacker.check_early_exit()


async def test_checks_run_after_each_exchange_sync_or_async():
    seen = []

    def check(state):
        seen.append(len(state.messages))

    async def check_later(state):
        seen.append(-len(state.messages))

    attacker = crescendo(total_turns=2, max_backtracks=0)
    with playing(Cast()):
        await play(
            attacker, Target("No idea."), script=attacker.marathon_script([check, check_later], [check])
        )

    assert seen == [2, -2, 4, -4, 4]


async def test_a_check_that_raises_fails_the_run():
    def check(state):
        assert CODE not in state.last_message()["content"], "the code is out"

    attacker = crescendo()
    with playing(Cast()), pytest.raises(AssertionError, match="the code is out"):
        await play(attacker, Target(yields_at(1)), script=attacker.marathon_script([check]))


async def test_the_checks_of_the_exchange_that_stops_the_attack_run_too():
    def check(state):
        assert CODE not in state.last_message()["content"], "the code is out"

    attacker = crescendo(success_confirm_turns=1)
    with playing(Lenient()), pytest.raises(AssertionError, match="the code is out"):
        await play(attacker, Target(yields_at(1)), script=attacker.marathon_script([check]))


async def test_a_check_that_ends_the_run_at_an_early_exit_is_believed():
    attacker = crescendo(success_confirm_turns=1)
    script = attacker.marathon_script([lambda state: scenario.fail("the code is out")()])
    with playing(Lenient()):
        result = await play(attacker, Target(yields_at(1)), script=script)

    assert (result.success, result.reasoning) == (False, "the code is out")


async def test_a_check_that_returns_false_at_an_early_exit_is_warned_of():
    attacker = crescendo(success_confirm_turns=1)
    script = attacker.marathon_script([lambda state: CODE not in state.last_message()["content"]])
    with playing(Lenient()), pytest.warns(UserWarning, match="returned False, which is ignored"):
        await play(attacker, Target(yields_at(1)), script=script)


async def test_final_checks_run_at_an_early_exit_before_the_judge():
    order = []

    def check(state):
        order.append("check")

    class Watching(Cast):
        def _judge(self, request):
            order.append("judge")
            return super()._judge(request)

    attacker = crescendo()
    with playing(Watching()):
        await play(attacker, Target(yields_at(1)), script=attacker.marathon_script(final_checks=[check]))

    assert order == ["check", "judge"]


async def test_scores_stand_under_the_exchange_whose_response_was_scored():
    scores = iter((1, 2, 3))
    attacker = crescendo(total_turns=3)
    with playing(Cast(grade=lambda _: grade(next(scores)))):
        await play(attacker, Target("We open at nine."))

    assert attacker.scores == {1: 1, 2: 2, 3: 3}


async def test_the_last_exchange_is_scored_without_a_threshold_too():
    scores = iter((1, 2, 3))
    attacker = crescendo(total_turns=3, success_score=None)
    with playing(Cast(grade=lambda _: grade(next(scores)))):
        await play(attacker, Target("We open at nine."))

    assert attacker.scores == {1: 1, 2: 2, 3: 3}


@pytest.mark.parametrize(
    ("scores", "settings", "stops_after"),
    [
        ((9, 9), {}, 2),
        ((9, 8, 9, 9), {}, 4),
        ((9, 8, 9, 8, 9), {}, 5),
        ((9, None, 9), {}, 3),
        ((9,), {"success_confirm_turns": 1}, 1),
        ((7, 7), {"success_score": 7}, 2),
        ((0,), {"success_score": 0, "success_confirm_turns": 1}, 1),
    ],
)
async def test_the_streak_that_stops_an_attack(scores, settings, stops_after):
    given = iter(scores)

    def graded(_):
        score = given_scores.pop(0)
        return "no grade" if score is None else grade(score)

    # A scorer without a grade is asked twice.
    given_scores = [score for one in given for score in ([one, one] if one is None else [one])]
    attacker = crescendo(total_turns=5, **settings)
    with playing(Cast(grade=graded)):
        await play(attacker, Target("We open at nine."))

    assert attacker.record().exchanges == stops_after


async def test_a_run_shorter_than_the_streak_needs_all_its_exchanges():
    attacker = crescendo(total_turns=1, success_confirm_turns=3)
    with playing(Cast()):
        result = await play(attacker, Target(yields_at(1)))

    assert not result.success
    assert attacker.check_early_exit()


def test_nothing_scored_is_no_reason_to_stop():
    assert not crescendo().check_early_exit()


async def test_withdrawn_exchanges_count_toward_the_total():
    attacker, target = crescendo(total_turns=4, max_backtracks=4), Target(REFUSAL)
    with playing(Cast()):
        await play(attacker, target)

    assert len(target.inputs) == 4
    assert len(attacker.backtracks) == 3
