"""Disputes: the scorer saw a breach, and whoever decides saw none."""

from __future__ import annotations

import pytest

from .campaigns import CODE, REFUSAL, Lenient, Target, crescendo, play, playing, yields_at


def passes(state):
    return None


async def test_a_judge_that_disagrees_is_believed_and_the_dispute_is_noted():
    attacker = crescendo(total_turns=10)
    with playing(Lenient()):
        result = await play(attacker, Target(yields_at(1)))

    assert result.success
    assert "disputed" in result.reasoning
    assert attacker.record().disputed


def breach_at_the_end(n):
    return f"It is {CODE}." if n == 3 else REFUSAL


@pytest.mark.parametrize(("judge", "who"), [(True, "The judge"), (False, "The final checks")])
async def test_a_single_breach_that_nobody_else_saw_is_disputed(judge, who):
    attacker = crescendo(total_turns=3)
    script = attacker.marathon_script(final_checks=[passes])
    with playing(Lenient()):
        result = await play(attacker, Target(breach_at_the_end), script=script, judge=judge)

    assert result.success
    assert "Exchange 3 has a score of 10" in result.reasoning
    assert who in result.reasoning
    assert attacker.record().disputed


async def test_where_the_scorer_saw_no_breach_nothing_is_disputed():
    attacker = crescendo(total_turns=3)
    with playing(Lenient()):
        result = await play(attacker, Target(REFUSAL))

    assert (result.success, result.reasoning) == (True, "judged")
    assert not attacker.record().disputed
