"""How long the agent takes to answer is measured on the tracks, for every manner of transport."""

from __future__ import annotations

from typing import Any

import pytest

import scenario
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import events, play

TURN = [scenario.user("hello there"), scenario.agent(), scenario.succeed()]


@pytest.mark.parametrize("latency", [0.3, 0.8, 2.0])
@pytest.mark.parametrize(
    "manner",
    [
        {"turn_end": "explicit"},
        {"turn_end": "explicit", "burst": True},
        {"turn_end": "vad"},
        {"turn_end": "gap"},
        {"turn_end": "gap", "burst": True},
        {"turn_end": "vad", "paced": True, "waits": False, "continuous": True},
        {"turn_end": "gap", "waits": False},
    ],
    ids=str,
)
async def test_the_latency_is_that_of_the_peer(latency: float, manner: dict[str, Any]) -> None:
    peer = Peer([seconds_of_speech(1.5)], latency=latency, **manner)
    result = await play(peer, script=TURN)
    assert result.latency.measurements == [pytest.approx(latency, abs=0.06)]
    (started,) = events(result, "agent_start_speaking")
    assert started.latency == pytest.approx(latency, abs=0.06)


@pytest.mark.parametrize("latency", [0.3, 0.8])
async def test_the_latency_is_the_same_on_the_real_clock(latency: float) -> None:
    result = await play(LoopbackVoiceAgent(["fine"], latency=latency), script=TURN, clock="real")
    assert result.latency.measurements == [pytest.approx(latency, abs=0.06)]


async def test_an_interrupted_user_is_answered_with_a_latency_too() -> None:
    agent = LoopbackVoiceAgent(["one two three four five six seven", "fine"], latency=0.5)
    script = [
        scenario.user("hello"), scenario.interrupt("stop it"), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    assert result.latency.measurements == [pytest.approx(0.5, abs=0.06), pytest.approx(0.5, abs=0.06)]
    assert [turn.turn for turn in result.latency.per_turn] == [0, 1]


async def test_a_turn_without_a_user_before_it_has_no_latency() -> None:
    agent = LoopbackVoiceAgent(["welcome", "fine"])
    script = [scenario.agent(), scenario.user("hello"), scenario.agent(), scenario.succeed()]
    result = await play(agent, script=script)
    assert [event.latency is None for event in events(result, "agent_start_speaking")] == [True, False]
    assert result.latency.per_turn[0].latency is None
