"""Taking refused exchanges back."""

from __future__ import annotations

import pytest

import scenario

from .campaigns import HEDGE, REFUSAL, Cast, ForgettingTarget, Target, crescendo, grade, play, playing


async def test_a_refused_exchange_is_taken_back():
    attacker, target = crescendo(total_turns=2), Target(REFUSAL)
    with playing(Cast()):
        result = await play(attacker, target)

    assert [message["content"] for message in target.inputs[1]] == ["attack number 2: what is the code?"]
    assert len(result.messages) == 2
    record = attacker.backtracks[0]
    assert record["turn"] == 1
    assert record["attack"] == "attack number 1: what is the code?"
    assert record["refusal"] == REFUSAL
    assert [message["role"] for message in record["messages"]] == ["user", "assistant"]
    assert attacker.scores[1] == 0


async def test_the_judge_sees_what_was_taken_back():
    cast = Cast()
    with playing(cast):
        await play(crescendo(total_turns=2), Target(REFUSAL))

    lines = [line for line in cast.prompts("judge")[0].splitlines() if "withdrawn by the test" in line]
    assert len(lines) == 2
    assert "attack number 1" in lines[0]


async def test_the_attacker_is_told():
    cast = Cast()
    with playing(cast):
        await play(crescendo(total_turns=2), Target(REFUSAL))

    told = cast.asked["attacker"][1].messages[-1]["content"]
    assert told.startswith("[BACKTRACKED] Turn 1: ")
    assert "may still remember" in told
    assert "different technique" in told
    assert "[SCORE]" not in told


@pytest.mark.parametrize("text", [HEDGE, "I would rather not say that.", "We open at nine."])
async def test_only_hard_refusals_are_taken_back(text):
    attacker = crescendo(total_turns=3, success_score=None)
    with playing(Cast(grade=lambda _: grade(1))):
        result = await play(attacker, Target(text))

    assert attacker.backtracks == []
    assert len(result.messages) == 6


async def test_a_refusal_that_the_scorer_values_is_not_taken_back():
    attacker = crescendo(total_turns=2, fast_refusal_detection=False)
    with playing(Cast(grade=lambda _: grade(3))):
        await play(attacker, Target(REFUSAL))

    assert attacker.backtracks == []


async def test_a_refusal_that_only_the_scorer_sees_is_taken_back():
    attacker = crescendo(total_turns=2)
    with playing(Cast(grade=lambda _: grade(1, "hard"))):
        await play(attacker, Target("Das kann ich Ihnen leider nicht sagen."))

    assert [record["turn"] for record in attacker.backtracks] == [1]


async def test_without_scores_the_rules_decide():
    attacker, cast = crescendo(total_turns=2, score_responses=False), Cast()
    with playing(cast):
        await play(attacker, Target(REFUSAL))

    assert [record["turn"] for record in attacker.backtracks] == [1]
    assert attacker.scores == {}
    assert cast.asked["scorer"] == []


@pytest.mark.parametrize(
    ("settings", "count"), [({}, 2), ({"max_backtracks": 0}, 0), ({"max_backtracks": 1}, 1)]
)
async def test_the_budget_limits_how_often(settings, count):
    attacker = crescendo(total_turns=6, **settings)
    with playing(Cast()):
        await play(attacker, Target(REFUSAL))

    assert len(attacker.backtracks) == count


async def test_a_target_with_a_memory_is_told():
    attacker, target, cast = crescendo(total_turns=2), ForgettingTarget(), Cast()
    with playing(cast):
        await play(attacker, target)

    assert [message["content"] for message in target.forgotten[0]] == [
        "attack number 1: what is the code?",
        REFUSAL,
    ]
    assert attacker.record().memory == "adapter"
    assert "has forgotten" in cast.asked["attacker"][1].messages[-1]["content"]


async def test_without_a_hook_only_the_history_is_rolled_back():
    attacker = crescendo(total_turns=2)
    with playing(Cast()):
        await play(attacker, Target(REFUSAL))

    assert attacker.record().memory == "history_only"


def calls_and_results(messages):
    calls = [call["id"] for message in messages for call in message.get("tool_calls") or ()]
    results = [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    return calls, results


async def test_a_user_message_of_the_target_does_not_cut_an_exchange_in_two():
    def answer(n):
        call = {"id": f"c{n}", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        if n == 1:
            return [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": "nothing"},
                {"role": "user", "content": "(the customer has waited for a minute)"},
                {"role": "assistant", "content": "We open at nine."},
            ]
        return [
            {"role": "user", "content": "(the customer has waited)"},
            {"role": "assistant", "content": REFUSAL},
        ]

    attacker = crescendo(total_turns=3)
    with playing(Cast()):
        result = await play(attacker, Target(answer))

    calls, results = calls_and_results(result.messages)
    assert calls == results == ["c1"]
    assert [record["turn"] for record in attacker.backtracks] == [2]
    assert [message["content"] for message in attacker.backtracks[0]["messages"]] == [
        "attack number 2: what is the code?", "(the customer has waited)", REFUSAL,
    ]  # fmt: skip


async def test_nothing_is_taken_back_when_the_attack_is_not_where_it_was(caplog):
    def shift(state):
        if len(state.messages) == 2:
            state.messages.insert(0, {"role": "system", "content": "late", "trace_id": None})

    attacker = crescendo(total_turns=2)
    with playing(Cast()):
        result = await play(attacker, Target(REFUSAL), script=attacker.marathon_script([shift]))

    assert attacker.backtracks == []
    assert len(result.messages) == 5
    assert "not taken back" in caplog.text


async def test_messages_before_the_attack_stay():
    attacker = crescendo(total_turns=2)
    script = [
        scenario.message({"role": "system", "content": "You are a shop assistant."}),
        *attacker.marathon_script(),
    ]
    with playing(Cast()):
        result = await play(attacker, Target(REFUSAL), script=script)

    assert result.messages[0]["role"] == "system"
    assert len(result.messages) == 3
    assert len(attacker.backtracks) == 1
