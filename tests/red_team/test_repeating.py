"""Runs repeat: from their seed, and from the cache."""

from __future__ import annotations

import pytest

import scenario
from scenario.red_team_agent import RedTeamAgent

from .campaigns import OBJECTIVE, REFUSAL, Cast, Target, campaign, crescendo, grade, play, playing

NAMES = ("crescendo", "goat", "pair", "tap", "best_of_n", "many_shot")


async def messages_sent(name, seed):
    attacker = getattr(RedTeamAgent, name)(
        target=OBJECTIVE, model="fake/m", total_turns=6, seed=seed, injection_probability=0.5
    )
    target = Target("We open at nine.")
    with playing(Cast(grade=lambda _: grade(3))):
        await play(attacker, target)
    return [messages[-1]["content"] for messages in target.inputs], attacker.injections


@pytest.mark.parametrize("name", NAMES)
async def test_equal_seeds_give_equal_runs(name):
    assert await messages_sent(name, 11) == await messages_sent(name, 11)
    assert await messages_sent(name, 11) != await messages_sent(name, 12)


def test_without_a_seed_each_agent_draws_its_own_and_tells_it():
    first, second = crescendo(seed=None), crescendo(seed=None)

    assert first.seed != second.seed
    assert first.record().seed == first.seed


async def test_a_second_run_with_a_cache_calls_no_model():
    async def run():
        target, cast = (
            Target(lambda n: REFUSAL if n == 2 else "We open at nine."),
            Cast(grade=lambda _: grade(3)),
        )
        attacker = crescendo(total_turns=4)
        with playing(cast):
            result = await play(attacker, target, cache_key="k1")
        return cast, [message["content"] for message in result.messages], attacker.scores

    first, messages, scores = await run()
    second, messages_again, scores_again = await run()

    assert len(first.asked["attacker"]) == 4
    assert sum(map(len, second.asked.values())) == 0
    assert (messages_again, scores_again) == (messages, scores)


async def test_equal_questions_of_one_run_are_asked_each_time():
    attacker = RedTeamAgent.tap(target=OBJECTIVE, model="fake/m", total_turns=2, branching=3)
    cast = Cast(grade=lambda _: grade(3))
    with playing(cast):
        await play(attacker, Target("Hm."), cache_key="k2")

    assert len(cast.asked["attacker"]) == 3


async def test_with_a_cache_trials_stay_different_attacks_and_a_repeated_campaign_calls_no_model():
    scenario.configure(cache_key="k3")

    async def calls():
        cast = Cast()
        result = await campaign(lambda: Target("We open at nine."), trials=2, cast=cast, max_concurrency=1)
        said = [one.messages[0]["content"] for one in result.results]
        return sum(map(len, cast.asked.values())), said

    first, said = await calls()
    again, said_again = await calls()

    assert first == 2 * (3 + 3 + 1 + 1)
    assert said[0] != said[1]
    assert (again, said_again) == (0, said)
