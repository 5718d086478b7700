"""Agents that stop when they are spoken over, and answer before the user's audio is over."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import scenario
from scenario.voice import AudioChunk
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import dialogue, events, heard, play, segments, spoken

WORDS = "of course i stop talking about that and wait for what you have to say to me"
SAID = "please stop talking about that right now"


class Hasty(Peer):
    """Decides 0.3 s into the user's words that it is interrupted, and 0.3 s later that it knows all of them.

    Its answer comes faster than it is played: at once, or in two pieces with `pause` seconds between them.
    """

    def __init__(self, *, pause: float, **settings: Any) -> None:
        first = [seconds_of_speech(8)]
        super().__init__(first, turn_end="explicit", burst=True, waits=False, paced=True, **settings)
        self.pause = pause
        self.hasty: asyncio.Task[None] | None = None

    async def send_audio(self, chunk: AudioChunk) -> None:
        if self.sent:
            self.hasty = asyncio.create_task(self._be_hasty())
        await super().send_audio(chunk)

    async def disconnect(self) -> None:
        if self.hasty is not None:
            await asyncio.wait([self.hasty], timeout=5)
        await super().disconnect()

    async def _be_hasty(self) -> None:
        await self.clock.sleep(0.3)
        self.line.drop_unplayed()
        self.output().put_nowait(AudioChunk(b""))
        await self.clock.sleep(0.3)
        pcm, half = spoken(WORDS), len(WORDS) // 2
        middle = len(pcm) // 4 * 2
        self.output().put_nowait(AudioChunk(pcm[:middle], transcript=WORDS[:half]))
        await self.clock.sleep(self.pause)
        self.output().put_nowait(AudioChunk(pcm[middle:], transcript=WORDS[half:]))
        self.output().put_nowait(AudioChunk(b""))

    async def recv_audio(self, timeout: float) -> AudioChunk:
        chunk = await super().recv_audio(timeout)
        if chunk.transcript:
            begins = chunk.transcript == WORDS[: len(WORDS) // 2]
            so_far = "" if begins else self.streaming_transcript
            self.last_agent_transcript = WORDS  # services often tell it before the audio
            self.streaming_transcript = so_far + chunk.transcript
        return chunk


@pytest.mark.parametrize("pause", [0.0, 4.0], ids=["complete", "goes-on"])
async def test_an_answer_that_comes_before_the_barge_in_is_over_is_a_turn_of_its_own(pause, caplog) -> None:
    script = [
        scenario.user("tell me"), scenario.agent(wait=False), scenario.sleep(2.1), scenario.user(SAID),
        scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    agent = Hasty(pause=pause)
    with caplog.at_level(logging.WARNING, "scenario"):
        result = await play(agent, script=script)
    assert not caplog.records, "its end has come, and is not waited for"
    assert dialogue(result)[2:] == [("user", SAID), ("assistant", WORDS)]
    cut, answer = segments(result, "agent")
    assert cut.transcript is None
    assert cut.end_time - cut.start_time == pytest.approx(1.64, abs=0.1)
    assert answer.start_time == pytest.approx(cut.end_time + 0.3, abs=0.1)
    if not pause:
        assert heard(answer.audio) == WORDS
    question = segments(result, "user")[1]
    starts = events(result, "agent_start_speaking")
    expected = answer.start_time - question.end_time
    assert expected < -1
    assert [event.latency for event in starts] == [
        pytest.approx(0.3, abs=0.06),
        pytest.approx(expected, abs=0.1),
    ]
