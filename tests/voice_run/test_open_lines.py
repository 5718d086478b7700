"""What came on an open line before a run began is no part of its recording, and delays nothing."""

from __future__ import annotations

import asyncio

import pytest

import scenario
from scenario.voice import AudioChunk, silent_chunk
from scenario.voice._line.backlog import still_said
from tests.voice_run.peers import Peer
from tests.voice_run.plays import events, heard, play, spoken

TURN = [scenario.user("hi"), scenario.agent(), scenario.succeed()]


async def test_silence_that_waited_on_an_open_line_makes_no_answer_late() -> None:
    agent = Peer([spoken("one"), spoken("two")], turn_end="vad", supports_virtual_clock=False)
    async with agent:
        for _ in range(2):
            await asyncio.sleep(1.5)
            result = await play(agent, script=TURN)
            assert result.latency.measurements == [pytest.approx(0.3, abs=0.4)]


@pytest.mark.parametrize("manner", ["gap", "vad"])
async def test_what_came_after_a_run_is_not_heard_in_the_next_one(manner: str) -> None:
    agent = Peer([spoken("one"), spoken("two")], turn_end=manner)
    async with agent:
        await play(agent, script=TURN)
        for part in (spoken("leak"), bytes(48_000)):
            agent.output().put_nowait(AudioChunk(part))
        second = await play(agent, script=[scenario.sleep(1), *TURN])
    assert heard(second.audio.agent_track.read()) == "two"
    assert events(second)[0].type == "user_start_speaking"


@pytest.mark.parametrize("manner", ["gap", "vad"])
async def test_a_greeting_on_a_line_that_was_just_opened_is_heard(manner: str) -> None:
    agent = Peer([], turn_end=manner)
    async with agent:
        agent.output().put_nowait(AudioChunk(spoken("welcome")))
        result = await play(agent, script=[scenario.agent(), scenario.succeed()])
    assert heard(result.audio.agent_track.read()) == "welcome"


def test_of_a_live_line_what_is_being_said_is_kept() -> None:
    silence, old, now = silent_chunk(0.3), AudioChunk(spoken("old")), AudioChunk(spoken("now"))
    assert still_said([silence, silence]) == []
    assert still_said([old, silence, silence]) == []
    assert still_said([old, silence, silence, now, silence]) == [now, silence]
    assert still_said([silence, old, silence, now]) == [old, silence, now]
