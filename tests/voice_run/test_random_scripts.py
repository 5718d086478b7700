"""Whatever happens in a script, messages, segments, events and sound tell the same story."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

import scenario
from scenario.voice import extract_audio
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.peers import Stoppable
from tests.voice_run.plays import events, heard, play, says, segments, spoken

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]


def text(rng: random.Random, most: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))


def agent_of(rng: random.Random) -> Any:
    answers = [text(rng, 8) for _ in range(30)]
    if rng.random() < 0.3:
        return Stoppable([spoken(each) for each in answers], turn_end="explicit", latency=0.5)
    settings = rng.choice([
        {}, {"burst": True}, {"silence_frames": True}, {"barge_in_after": None}, {"barge_in_after": 0.5},
        {"burst": True, "barge_in_after": None}, {"latency": 1.2},
    ])  # fmt: skip
    return LoopbackVoiceAgent(answers, **settings)


def script_of(rng: random.Random) -> list[Any]:
    script: list[Any] = []
    for number in range(rng.randint(2, 6)):
        user = scenario.user(f"user{number} {text(rng, 3)}")
        script += rng.choice([
            [user, scenario.agent()],
            [user, scenario.interrupt(f"stop{number}"), scenario.agent()],
            [
                user, scenario.agent(wait=False), scenario.sleep(rng.uniform(0, 4)),
                scenario.user(f"cut{number}"), scenario.agent(),
            ],
            [scenario.silence(rng.uniform(0, 2))],
            [scenario.agent()],
        ])  # fmt: skip
    return [*script, scenario.succeed()]


@pytest.mark.parametrize("seed", range(30))
async def test_everything_tells_the_same(seed: int) -> None:
    rng = random.Random(seed)
    result = await play(agent_of(rng), script=script_of(rng), seed=seed)
    for message in result.messages:
        audio, words = extract_audio(message), says(message)
        assert audio is not None
        if words and not words.endswith("[interrupted]"):
            assert heard(audio) == words
    for speaker in ("user", "agent"):
        of_one = segments(result, speaker)
        assert all(len(each.audio) / 48_000 == pytest.approx(each.duration, abs=1e-3) for each in of_one)
        for one, other in itertools.pairwise(of_one):
            assert one.end_time <= other.start_time + 1e-6
        starts = [event.time for event in events(result, f"{speaker}_start_speaking")]
        stops = [event.time for event in events(result, f"{speaker}_stop_speaking")]
        assert len(starts) == len(stops)
        assert all(start < stop for start, stop in zip(starts, stops, strict=True))
    assert len(events(result, "user_start_speaking")) == len(segments(result, "user"))
    spoken_by_user = [message for message in result.messages if message["role"] == "user"]
    assert len(segments(result, "user")) >= len(spoken_by_user) - 1  # the last one may be unheard
