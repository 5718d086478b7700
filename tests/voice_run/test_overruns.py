"""What an agent says of a turn that was cut off is neither the next answer, nor does it silence it.

The rest of such an utterance is over at its explicit end; else at its first silence of
`response_tail_silence`; and once the user has spoken, as when the user cuts in, at the first silence of 0.3 s
after the last word of the user.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import scenario
from scenario.voice import AudioChunk
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import events, heard, play, segments, spoken

MANNERS = ["gap", "vad", "explicit"]
SCRIPT = [
    scenario.user("hi"), scenario.agent(), scenario.user("hm hm hm"), scenario.agent(), scenario.succeed(),
]  # fmt: skip


def the_parts(result: scenario.ScenarioResult) -> tuple[Any, Any]:
    cut, answer = segments(result, "agent")
    assert len(events(result, "agent_turn_truncated")) == 1
    return cut, answer


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("latency", [0.4, 0.5, 0.9])
async def test_an_answer_within_the_tail_is_the_next_turn(
    manner: str, latency: float, caplog: pytest.LogCaptureFixture
) -> None:
    peer = Peer(
        [seconds_of_speech(5.0), spoken("bye bye")],
        latency=latency,
        turn_end=manner,
        response_max_duration=2.0,
        response_timeout=8.0,
    )
    with caplog.at_level(logging.WARNING, "scenario"):
        result = await play(peer, script=SCRIPT)
    cut, answer = the_parts(result)
    assert heard(answer.audio) == "bye bye"
    assert cut.duration == pytest.approx(5.0, abs=0.1)
    assert not caplog.records


@pytest.mark.parametrize("manner", ["gap", "explicit"])
@pytest.mark.parametrize("waits", [True, False])
async def test_an_answer_that_was_sent_before_the_rest_was_played_is_the_next_turn(
    manner: str, waits: bool, caplog: pytest.LogCaptureFixture
) -> None:
    peer = Peer(
        [seconds_of_speech(6.0), spoken("bye bye")],
        latency=0.9,
        turn_end=manner,
        burst=True,
        waits=waits,
        response_max_duration=2.0,
        response_timeout=10.0,
    )
    with caplog.at_level(logging.WARNING, "scenario"):
        result = await play(peer, script=SCRIPT)
    cut, answer = the_parts(result)
    assert heard(answer.audio) == "bye bye"
    assert cut.duration == pytest.approx(6.0, abs=0.1)
    assert not caplog.records


@pytest.mark.parametrize("manner", ["gap", "vad"])
async def test_pauses_of_an_agent_that_nobody_spoke_to_do_not_end_what_it_says(manner: str) -> None:
    rest = spoken("and then") + bytes(19_200) + spoken("he went") + bytes(19_200) + spoken("home")
    peer = Peer([rest, spoken("bye")], latency=0.9, turn_end=manner, response_max_duration=0.4)
    script = [*SCRIPT[:2], scenario.silence(4), scenario.agent(), scenario.succeed()]
    cut, answer = the_parts(await play(peer, script=script))
    assert heard(cut.audio) == "and then he went home"
    assert heard(answer.audio) == "bye"


@pytest.mark.parametrize("manner", MANNERS)
async def test_an_agent_that_stops_for_the_user_and_answers_at_once(manner: str) -> None:
    class Polite(Peer):
        """Stops when it hears the user, half a second before the user's last word."""

        async def send_audio(self, chunk: AudioChunk) -> None:
            if self.sent and self.answering is not None:
                self.stopping = asyncio.create_task(self._stop(self.answering))
            await super().send_audio(chunk)

        async def _stop(self, answering: asyncio.Task[None]) -> None:
            await self.clock.sleep(0.1)
            answering.cancel()
            if self.turn_end == "explicit":
                self.output().put_nowait(AudioChunk(b""))

    peer = Polite(
        [seconds_of_speech(9.0), spoken("bye bye")],
        latency=0.1,
        turn_end=manner,
        waits=False,
        paced=True,
        response_max_duration=2.0,
        response_timeout=8.0,
    )
    _, answer = the_parts(await play(peer, script=SCRIPT))
    assert heard(answer.audio) == "bye bye"
