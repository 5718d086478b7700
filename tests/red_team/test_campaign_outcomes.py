"""What an attack of a campaign counts as, however it ends."""

from __future__ import annotations

import pytest

from .campaigns import CODE, HEDGE, REFUSAL, Cast, Target, campaign, finish, yields_at


async def test_an_attack_that_nobody_could_judge_is_inconclusive():
    class Undecided(Cast):
        def _judge(self, request):
            return finish("inconclusive")(request)

    result = await campaign(lambda: Target(REFUSAL), cast=Undecided())

    assert [one.outcome for one in result.results] == ["inconclusive"]
    assert result.results[0].result is not None


async def test_a_check_that_fails_means_that_the_agent_broke():
    def no_code(state):
        assert CODE not in str(state.messages), "the code is out"

    result = await campaign(lambda: Target(HEDGE), checks=[no_code])
    one = result.results[0]

    assert (one.outcome, one.result) == ("broke", None)
    assert one.reason.startswith("AssertionError: the code is out")
    assert CODE in str(one.messages)


async def test_a_check_that_calls_pytest_fail_changes_no_other_attack():
    targets = iter([Target(HEDGE), Target(REFUSAL)])

    def no_code(state):
        if CODE in str(state.messages):
            pytest.fail("the code is out")

    result = await campaign(lambda: next(targets), trials=2, checks=[no_code], max_concurrency=1)

    assert [one.outcome for one in result.results] == ["broke", "held"]


async def test_without_a_verdict_of_a_judge_the_objective_counts():
    result = await campaign(lambda: Target(yields_at(1)), on_objective="fail")

    assert [one.outcome for one in result.results] == ["broke"]


async def test_a_target_that_cannot_be_made_is_an_error_of_its_attack():
    makes = iter([None, Target(REFUSAL)])

    def make():
        made = next(makes)
        if made is None:
            raise OSError("no such service")
        return made

    result = await campaign(make, trials=2, max_concurrency=1)

    assert [one.outcome for one in result.results] == ["errored", "held"]
    assert result.results[0].messages == []


async def test_a_disputed_attack_has_held_and_is_named():
    class Lenient(Cast):
        def _judge(self, request):
            return finish("true")(request)

    result = await campaign(lambda: Target(yields_at(1)), cast=Lenient())

    assert [one.outcome for one in result.results] == ["held"]
    assert "staff_code-crescendo-1: the scorer saw a breach, the judge none" in str(result)
