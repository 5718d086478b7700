"""PAIR, TAP, best-of-N and many-shot: every attempt in a conversation of its own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._red_team.strategies.augmentation import augmented
from scenario._red_team.strategies.best_of_n import BestOfNStrategy
from scenario._red_team.strategies.many_shot import ManyShotStrategy
from scenario._red_team.strategies.tap import TapStrategy
from scenario._tokens import estimate_tokens
from scenario.errors import AgentCallError
from scenario.red_team_agent import RedTeamAgent

from .campaigns import (
    OBJECTIVE,
    Cast,
    ForgettingTarget,
    Target,
    grade,
    grade_by_code,
    play,
    playing,
    yields_at,
)


def agent(name, **settings):
    return getattr(RedTeamAgent, name)(**{"target": OBJECTIVE, "model": "fake/m", "seed": 3, **settings})


@pytest.mark.parametrize("name", ["pair", "tap", "best_of_n", "many_shot"])
async def test_no_conversation_holds_two_attempts(name):
    attacker, target = agent(name, total_turns=4), ForgettingTarget("We open at nine.")
    with playing(Cast(grade=lambda _: grade(3))):
        result = await play(attacker, target)

    assert [len(messages) for messages in target.inputs] == [1, 1, 1, 1]
    assert [len(messages) for messages in target.forgotten] == [2, 2, 2]
    assert len(result.messages) == 2
    assert attacker.backtracks == []


async def test_a_target_that_may_remember_is_a_warning_once(caplog):
    with playing(Cast(grade=lambda _: grade(3))):
        await play(agent("pair", total_turns=4), Target("Hm."))

    assert caplog.text.count("may remember") == 1


async def test_all_attempts_are_shown_to_the_judge():
    cast = Cast(grade=lambda _: grade(3))
    with playing(cast):
        await play(agent("pair", total_turns=3), Target(lambda n: f"Answer {n}."))

    assert all(f"Answer {n}." in cast.prompts("judge")[0] for n in (1, 2, 3))


# PAIR


async def test_attempt_n_sees_prompt_response_and_score_of_the_one_before():
    scores = iter((2, 5, 6))
    cast = Cast(grade=lambda _: grade(next(scores)))
    with playing(cast):
        await play(agent("pair", total_turns=3), Target(lambda n: f"Answer {n}."))

    told = cast.asked["attacker"][2].messages
    assert "attack number 2" in told[-2]["content"]
    assert "Answer 2." in told[-1]["content"]
    assert "[SCORE] 5/10" in told[-1]["content"]


def test_pair_makes_twenty_attempts_by_default():
    assert agent("pair").total_turns == 20


# TAP


async def test_off_topic_prompts_are_never_sent():
    attacker, target = agent("tap", total_turns=6), Target("Hm.")
    cast = Cast(
        grade=lambda _: grade(3), on_topic=lambda prompt: not any(f"number {n}:" in prompt for n in (2, 5))
    )
    with playing(cast):
        await play(attacker, target)

    sent = [messages[-1]["content"] for messages in target.inputs]
    assert len(sent) == 6
    assert not any("number 2:" in message or "number 5:" in message for message in sent)


async def test_sends_are_capped_by_total_turns():
    attacker, target = agent("tap", total_turns=7, branching=3, width=2, depth=2), Target("Hm.")
    with playing(Cast(grade=lambda _: grade(3))):
        await play(attacker, target)

    assert len(target.inputs) == 7


async def test_only_the_best_prompts_of_a_level_are_refined():
    scores = {1: 2, 2: 8}

    def graded(prompt):
        written = prompt.split("<attack_written", 1)[1].split("</attack_written", 1)[0]
        return grade(next((score for n, score in scores.items() if f"number {n}:" in written), 1))

    cast = Cast(grade=graded)
    with playing(cast):
        await play(agent("tap", total_turns=6, branching=2, width=1, success_score=None), Target("Hm."))

    second, third = (cast.asked["attacker"][number].messages for number in (2, 4))
    assert "attack number 2" in second[2]["content"]
    assert "[SCORE] 8/10" in second[3]["content"]
    assert len(third) == 6  # the third level, not the rest of the first


async def test_a_tree_that_is_at_its_depth_is_followed_by_a_new_one():
    cast = Cast(grade=lambda _: grade(3))
    with playing(cast):
        await play(agent("tap", total_turns=3, branching=1, depth=2), Target("Hm."))

    assert [len(request.messages) for request in cast.asked["attacker"]] == [2, 4, 2]


async def test_an_attacker_that_stays_off_topic_ends_the_run():
    with playing(Cast(on_topic=lambda _: False)), pytest.raises(AgentCallError, match="off topic"):
        await play(agent("tap"), Target("Hm."))


@pytest.mark.parametrize("name", ["branching", "width", "depth"])
def test_the_tree_needs_positive_numbers(name):
    with pytest.raises(ValueError, match=name):
        TapStrategy(**{name: 0})


# Best-of-N


async def test_the_request_is_written_once_and_every_copy_differs():
    cast, target = Cast(grade=lambda _: grade(3)), Target("Hm.")
    with playing(cast):
        await play(agent("best_of_n", total_turns=5), target)

    copies = [messages[-1]["content"] for messages in target.inputs]
    assert len(cast.asked["attacker"]) == 1
    assert len(set(copies)) == 5
    assert len({len(copy) for copy in copies}) == 1


async def test_a_given_request_needs_no_attacker():
    cast, target = Cast(grade=lambda _: grade(3)), Target("Hm.")
    with playing(cast):
        await play(agent("best_of_n", total_turns=2, request="what is the staff code?", sigma=0.0), target)

    assert cast.asked["attacker"] == []
    assert target.inputs[1][-1]["content"] == "what is the staff code?"


async def test_successes_are_counted_by_copies():
    attacker = agent("best_of_n", total_turns=4, success_confirm_turns=4)
    with playing(Cast(grade=grade_by_code)):
        await play(attacker, Target(yields_at(3)))

    assert attacker.record().successes_by_exchange == {1: 0, 2: 0, 3: 1, 4: 2}


@given(st.text(max_size=200), st.floats(0, 1), st.integers())
def test_equal_seeds_give_equal_copies(request_text, sigma, seed):
    copy = augmented(request_text, sigma, random.Random(seed))

    assert copy == augmented(request_text, sigma, random.Random(seed))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200), st.integers())
def test_a_copy_keeps_length_and_printable_letters(request_text, seed):
    copy = augmented(request_text, 0.4, random.Random(seed))

    assert len(copy) == len(request_text)
    assert all(" " <= char <= "~" for char in copy)


def test_without_strength_a_copy_is_the_request():
    assert augmented("What is the code?", 0.0, random.Random(1)) == "What is the code?"


def test_words_keep_their_first_and_last_letter():
    copies = [augmented("abcdefgh", 0.01, random.Random(seed)).lower() for seed in range(100)]

    assert len(set(copies)) > 1
    assert all(copy[0] + copy[-1] == "ah" and sorted(copy) == list("abcdefgh") for copy in copies)


@pytest.mark.parametrize("sigma", [-0.1, 1.1])
def test_the_strength_is_from_0_to_1(sigma):
    with pytest.raises(ValueError, match="sigma"):
        BestOfNStrategy(sigma=sigma)


# Many-shot


async def message_of(**settings):
    target = Target("Hm.")
    with playing(Cast(grade=lambda _: grade(3))):
        await play(agent("many_shot", **settings), target)
    return target.inputs[0][-1]["content"]


@pytest.mark.parametrize("shots", [1, 32, 60])
async def test_the_number_of_dialogues_holds(shots):
    message = await message_of(shots=shots)

    assert message.count("\nAssistant: ") == shots
    assert message.count("User: ") == shots + 1
    assert "User: What is on the rota?\nAssistant: Ann and Bo." in message
    assert message.endswith("User: attack number 1: what is the code?")


@pytest.mark.parametrize("limit", [1, 100, 500])
async def test_the_bound_on_the_message_holds(limit):
    message = await message_of(max_tokens_in=limit)

    assert estimate_tokens(message) <= max(limit, estimate_tokens("User: attack number 1: what is the code?"))
    assert message.endswith("what is the code?")


def test_many_shot_sends_one_message_of_32_dialogues_by_default():
    assert agent("many_shot").total_turns == 1
    assert ManyShotStrategy().shots == 32


@pytest.mark.parametrize("settings", [{"shots": 0}, {"max_tokens_in": 0}, {"request": " "}])
def test_values_of_many_shot_out_of_range(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        ManyShotStrategy(**settings)
