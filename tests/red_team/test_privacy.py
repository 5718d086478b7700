"""Nothing of the attacker's side reaches the target or the judge."""

from __future__ import annotations

import json

import pytest

from scenario.red_team_agent import RedTeamAgent

from .campaigns import OBJECTIVE, PLAN, Cast, Target, grade, play, playing

SECRETS = (
    "PRIVATE-OBSERVATION", "PRIVATE-THOUGHT", "PRIVATE-STRATEGY", "PRIVATE-HINT", "PLAN-MARKER-77", "[SCORE]",
    "[HINT]", "[INJECTED", "[BACKTRACKED]", OBJECTIVE, "adaptation",
)  # fmt: skip


@pytest.mark.parametrize("name", ["crescendo", "goat", "pair", "tap", "best_of_n", "many_shot"])
async def test_target_judge_and_result_hold_no_secret(name):
    attacker = getattr(RedTeamAgent, name)(
        target=OBJECTIVE, model="fake/m", total_turns=4, seed=1, injection_probability=0.5
    )
    answers = iter(["I can't share that.", "Let me see.", "We open at nine.", "Perhaps."])
    target, cast = Target(lambda _: next(answers)), Cast(grade=lambda _: grade(4, hint="PRIVATE-HINT"))
    with playing(cast):
        result = await play(attacker, target)

    seen_by_target = json.dumps(target.inputs)
    seen_by_judge = "\n".join(cast.prompts("judge"))
    assert len(cast.asked["judge"]) == 1
    for secret in SECRETS:
        assert secret not in seen_by_target
        assert secret not in seen_by_judge
        assert secret not in json.dumps(result.messages)


async def test_the_attacker_is_told_all_of_that():
    attacker, cast = (
        RedTeamAgent.crescendo(target=OBJECTIVE, model="fake/m", total_turns=2, seed=1),
        Cast(grade=lambda _: grade(4, hint="PRIVATE-HINT")),
    )
    with playing(cast):
        await play(attacker, Target("Hm."))

    told = cast.prompts("attacker")[1]
    assert all(part in told for part in (OBJECTIVE, PLAN, "[SCORE] 4/10 | [HINT] PRIVATE-HINT"))
