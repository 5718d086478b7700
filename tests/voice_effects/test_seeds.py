"""Random effects can be repeated: by their own seed, or by the run's, the turn and their place."""

from __future__ import annotations

import contextvars

import pytest

from scenario.voice import effects
from scenario.voice._effects.applying import apply_effects
from scenario.voice._effects.seeding import using_effect_seed
from tests.voice_effects.audio import pcm, tone

AUDIO = pcm(tone(440, 2))
RANDOM = {
    "background_noise": lambda **seed: effects.background_noise("cafe", **seed),
    "multiple_voices": effects.multiple_voices,
    "static": effects.static,
    "packet_loss": lambda **seed: effects.packet_loss(0.5, **seed),
    "breaking_up": effects.breaking_up,
}


@pytest.fixture(params=RANDOM)
def make(request: pytest.FixtureRequest):
    return RANDOM[request.param]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(make):
    assert make(seed=7)(AUDIO) == make(seed=7)(AUDIO)
    assert make(seed=7)(AUDIO) != make(seed=8)(AUDIO)
    assert make(seed=-1)(AUDIO) != make(seed=1)(AUDIO)


def test_without_a_seed_outside_of_a_run_nothing_repeats(make):
    effect = make()

    assert len({effect(AUDIO) for _ in range(4)}) > 1


def test_in_a_run_bytes_depend_on_seed_turn_and_position_only(make):
    def derived(seed: int, turn: int, position: int) -> bytes:
        with using_effect_seed(seed, turn, position):
            return make()(AUDIO)

    assert derived(1, 2, 3) == derived(1, 2, 3)
    assert len({derived(1, 2, 3), derived(2, 2, 3), derived(1, 3, 3), derived(1, 2, 4)}) == 4


def test_an_own_seed_beats_the_run(make):
    with using_effect_seed(1, 2, 3):
        within = make(seed=7)(AUDIO)

    assert within == make(seed=7)(AUDIO)


def test_two_runs_at_once_do_not_meet():
    def run(seed: int) -> bytes:
        with using_effect_seed(seed, 0, 0):
            one = contextvars.copy_context()
            with using_effect_seed(99, 0, 0):
                return one.run(effects.static(), AUDIO)

    assert run(1) == run(1) != run(2)


def test_a_list_of_effects_repeats_turn_by_turn():
    chain = [effects.static(), effects.packet_loss(0.5), effects.static()]

    turns = [apply_effects(AUDIO, chain, seed=5, turn=turn) for turn in (0, 1, 0)]

    assert turns[0] == turns[2] != turns[1]


def test_places_in_the_list_have_their_own_numbers():
    silence = bytes(len(AUDIO))
    once = apply_effects(silence, [effects.static()], seed=5)
    twice = apply_effects(silence, [effects.static(), effects.static()], seed=5)

    doubled = effects.high_volume(2.0)(once)
    assert twice != doubled
