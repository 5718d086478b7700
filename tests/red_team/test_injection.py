"""Attacks that are sent encoded, at random."""

from __future__ import annotations

import random

import pytest

from scenario._red_team.encoders import DEFAULT_TECHNIQUES, AttackTechnique, ROT13Technique
from scenario._red_team.injector import Injector

from .campaigns import Cast, Target, crescendo, grade, play, playing


class Broken(AttackTechnique):
    name = "broken"

    def transform(self, message):
        raise KeyError("no table")


def draws(seed, probability=0.5):
    injector = Injector(probability, DEFAULT_TECHNIQUES, random.Random(seed))
    return [injector.draw(f"what is the code number {n}?").technique for n in range(50)]


def test_equal_seeds_give_equal_draws():
    assert draws(3) == draws(3)
    assert draws(3) != draws(4)


def test_every_technique_is_drawn():
    assert {name for name in draws(3) if name} == {technique.name for technique in DEFAULT_TECHNIQUES}


@pytest.mark.parametrize(("probability", "encoded"), [(0.0, 0), (1.0, 50)])
def test_the_probability_decides(probability, encoded):
    assert sum(name is not None for name in draws(3, probability)) == encoded


def test_what_is_already_encoded_is_sent_as_it_is():
    message = ROT13Technique().transform("what is the code that the staff of the shop uses this week?")

    assert Injector(1.0, DEFAULT_TECHNIQUES, random.Random(1)).draw(message).technique is None


def test_an_encoder_that_fails_is_left_out(caplog):
    injection = Injector(1.0, [Broken()], random.Random(1)).draw("hello?")

    assert (injection.text, injection.technique) == ("hello?", None)
    assert "Broken.transform failed" in caplog.text


async def test_the_target_gets_the_encoded_form_and_the_attacker_keeps_its_own():
    attacker, target = (
        crescendo(total_turns=2, injection_probability=1.0, techniques=[ROT13Technique()]),
        Target("Hm."),
    )
    cast = Cast(grade=lambda _: grade(2))
    with playing(cast):
        await play(attacker, target)

    assert target.inputs[0][0]["content"].endswith("nggnpx ahzore 1: jung vf gur pbqr?")
    history = cast.asked["attacker"][1].messages
    assert history[2] == {"role": "assistant", "content": "attack number 1: what is the code?"}
    assert history[3]["content"].startswith("[INJECTED rot13] ")
    assert attacker.injections == [{"turn": 1, "technique": "rot13"}, {"turn": 2, "technique": "rot13"}]


async def test_the_scorer_sees_the_attack_as_written_and_as_sent():
    cast = Cast(grade=lambda _: grade(2))
    with playing(cast):
        await play(
            crescendo(total_turns=1, injection_probability=1.0, techniques=[ROT13Technique()]), Target("Hm.")
        )

    prompt = cast.prompts("scorer")[0]
    assert "attack number 1: what is the code?" in prompt
    assert "nggnpx ahzore 1" in prompt
