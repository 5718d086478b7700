"""One run per agent, its plan, and what a run leaves."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from scenario.errors import AgentCallError
from scenario.scenario_state import ScenarioState
from scenario.types import AgentInput

from .campaigns import OBJECTIVE, PLAN, REFUSAL, Cast, Target, crescendo, goat, grade, play, playing


async def test_three_exchanges_leave_three_attacks_and_three_scores():
    attacker = crescendo(total_turns=3)
    with playing(Cast(grade=lambda _: grade(1))):
        await play(attacker, Target("We open at nine."))

    attacks = [entry.content for entry in attacker._run._source.history.entries if entry.role == "assistant"]
    assert attacks == [f"attack number {n}: what is the code?" for n in (1, 2, 3)]
    assert set(attacker.scores) == {1, 2, 3}


async def test_an_agent_serves_one_run_even_of_one_exchange():
    attacker = crescendo(total_turns=1)
    with playing(Cast()):
        await play(attacker, Target("We open at nine."))
        with pytest.raises(AgentCallError, match="fresh agent for each run") as raised:
            await play(attacker, Target("We open at nine."))

    assert isinstance(raised.value.__cause__, RuntimeError)


async def test_the_plan_is_made_once_before_the_first_attack():
    cast = Cast()
    with playing(cast):
        await play(crescendo(total_turns=3), Target("We open at nine."))

    assert len(cast.asked["plan"]) == 1
    assert all(PLAN in prompt for prompt in cast.prompts("attacker"))
    assert "A shop assistant answers customers." in cast.prompts("plan")[0]


async def test_calls_at_once_make_one_plan():
    attacker, cast = crescendo(), Cast()
    state = ScenarioState(description="A shop.", thread_id="t")
    given = AgentInput(thread_id="t", messages=[], new_messages=[], scenario_state=state)
    with playing(cast):
        await asyncio.gather(attacker.call(given), attacker.call(given))

    assert len(cast.asked["plan"]) == 1


async def test_a_ready_plan_is_used_as_it_is():
    cast = Cast()
    with playing(cast):
        await play(crescendo(total_turns=1, attack_plan="MY OWN PLAN"), Target("Hi."))

    assert cast.asked["plan"] == []
    assert "MY OWN PLAN" in cast.prompts("attacker")[0]


async def test_an_own_template_asks_for_the_plan():
    cast = Cast()
    with playing(cast):
        await play(
            crescendo(total_turns=1, metaprompt_template="Plan for {target}, {phase1_end}."), Target("Hi.")
        )

    assert cast.prompts("plan") == [f"Plan for {OBJECTIVE}, 1."]


async def test_a_blank_plan_ends_the_run():
    class Blank(Cast):
        def _plan(self, request):
            return "  "

    with playing(Blank()), pytest.raises(AgentCallError, match="blank attack plan") as raised:
        await play(crescendo(), Target("Hi."))
    assert isinstance(raised.value.__cause__, RuntimeError)


async def test_the_answer_is_a_user_message():
    attacker = goat()
    state = ScenarioState(description="A shop.", thread_id="t")
    with playing(Cast()):
        message = await attacker.call(
            AgentInput(thread_id="t", messages=[], new_messages=[], scenario_state=state)
        )

    assert message == {"role": "user", "content": "attack number 1: what is the code?"}


async def test_only_the_messages_of_the_exchange_are_its_response():
    call = {"id": "c", "type": "function", "function": {"name": "open_door", "arguments": "{}"}}
    answers = ["First answer.", {"role": "assistant", "content": None, "tool_calls": [call]}]
    cast = Cast(grade=lambda _: grade(1))
    with playing(cast):
        await play(crescendo(total_turns=3), Target(lambda n: answers[min(n, 2) - 1]))

    told = cast.asked["attacker"][2].messages[-1]["content"]
    assert "[tool_call: open_door({})]" in told
    assert "First answer." not in told


async def test_the_record_is_frozen_and_complete():
    attacker = crescendo(total_turns=3, injection_probability=1.0)
    with playing(Cast(grade=lambda _: grade(1))):
        await play(attacker, Target(REFUSAL))
    record = attacker.record()

    with pytest.raises(dataclasses.FrozenInstanceError):
        record.seed = 1
    assert record.strategy == "CrescendoStrategy"
    assert (record.target, record.total_turns, record.exchanges) == (OBJECTIVE, 3, 3)
    assert (record.attacker_model, record.metaprompt_model, record.seed) == ("fake/m", "fake/m", 7)
    assert record.scores == {1: 0, 2: 0, 3: 0}
    assert (record.max_score, record.first_breach_turn) == (0, None)
    assert [backtrack["turn"] for backtrack in record.backtracks] == [1]
    assert [injection["turn"] for injection in record.injections] == [1, 2, 3]
    assert record.attack_plan == PLAN
    assert record.techniques_used == {1: (), 2: (), 3: ()}
    assert (record.parse_failures, record.scorer_failures, record.attacker_refusals) == (0, 0, 0)
    assert (record.disputed, record.judge_injection_suspected) == (False, False)


async def test_techniques_are_recorded_by_exchange():
    attacker = goat(total_turns=2)
    with playing(Cast()):
        await play(attacker, Target("We open at nine."))

    assert attacker.record().techniques_used == {1: ("DUAL_RESPONSE",), 2: ("DUAL_RESPONSE",)}


async def test_the_usage_of_attacker_and_scorer_is_the_users():
    attacker, cast = crescendo(total_turns=2), Cast()
    with playing(cast):
        result = await play(attacker, Target("We open at nine."))

    calls = sum(len(cast.asked[kind]) for kind in ("attacker", "scorer", "plan"))
    assert calls == 5
    assert result.usage.by_role["User"].calls == calls
    assert result.usage.total.calls == calls + 1
