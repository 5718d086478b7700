"""What an agent says and finishes while the user is still cutting in is a message of its own."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import scenario
from scenario.voice import AudioChunk, extract_audio
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import events, heard, play, segments, spoken, the_interruption

SAID = "please stop talking about that right now and listen to me"
LONG = seconds_of_speech(8)


class Eager(Peer):
    """Stops 0.3 s into the user's words that cut in, and says `quick` then; it answers when they are over."""

    def __init__(
        self, utterances: list[bytes], quick: list[str], *, text: bool = False, **settings: Any
    ) -> None:
        super().__init__(utterances, waits=False, paced=True, latency=0.5, **settings)
        self.quick = quick
        self.text = text

    async def send_audio(self, chunk: AudioChunk) -> None:
        if self.sent:
            old, self.answering = self.answering, asyncio.create_task(self._be_quick(self.answering))
            assert old is not None
        await super().send_audio(chunk)

    async def _be_quick(self, old: asyncio.Task[None] | None) -> None:
        await self.clock.sleep(0.3)
        if old is not None and not old.done():
            old.cancel()
            await asyncio.wait([old])
        self.line.drop_unplayed()
        if self.turn_end == "explicit":
            self.output().put_nowait(AudioChunk(b""))
        for words in self.quick:
            await self.clock.sleep(0.35)
            if self.text:
                self.streaming_transcript = ""  # as all adapters do
                self.streaming_transcript = words
            await self.stream(spoken(words))
            if self.turn_end == "explicit":
                self.output().put_nowait(AudioChunk(b""))
            if self.turn_end != "explicit":
                await self.clock.sleep(0.4)  # or nobody could tell one from the other


SCRIPT = [
    scenario.user("tell me"), scenario.agent(wait=False), scenario.sleep(2.1), scenario.user(SAID),
    scenario.agent(), scenario.succeed(),
]  # fmt: skip


def sounds(result: scenario.ScenarioResult) -> list[tuple[str, str]]:
    """Return who was heard saying what; of the long turn only whose it is."""
    told: list[tuple[str, str]] = []
    for message in result.messages[2:]:
        audio = extract_audio(message)
        assert audio is not None
        told.append((message["role"], heard(audio)))
    return told


@pytest.mark.parametrize("manner", ["explicit", "vad", "gap"])
async def test_it_is_heard_where_it_was_said_and_the_next_turn_is_what_follows(
    manner: str, caplog: pytest.LogCaptureFixture
) -> None:
    agent = Eager([LONG, spoken("sure go ahead")], ["ok fine"], turn_end=manner)
    with caplog.at_level(logging.WARNING, "scenario"):
        result = await play(agent, script=SCRIPT)
    assert not caplog.records, "no end is waited for that has come"
    assert sounds(result) == [("user", SAID), ("assistant", "ok fine"), ("assistant", "sure go ahead")]
    cut, quick, answer = segments(result, "agent")
    assert [each.transcript_truncated for each in (cut, quick, answer)] == [True, False, False]
    question = segments(result, "user")[1]
    assert cut.end_time < quick.start_time < quick.end_time < question.end_time < answer.start_time
    assert the_interruption(result)["stopped_after"] == pytest.approx(0.3, abs=0.1)


async def test_each_thing_said_has_its_events_and_only_the_answer_a_latency_of_its_own() -> None:
    agent = Eager([LONG, spoken("sure go ahead")], ["ok fine"], turn_end="explicit")
    result = await play(agent, script=SCRIPT)
    parts = segments(result, "agent")
    starts, stops = events(result, "agent_start_speaking"), events(result, "agent_stop_speaking")
    assert [event.time for event in starts] == pytest.approx([part.start_time for part in parts], abs=0.1)
    assert [event.time for event in stops] == pytest.approx([part.end_time for part in parts], abs=0.1)
    assert starts[1].latency is not None
    assert starts[1].latency < 0
    assert result.latency.measurements == [pytest.approx(0.5, abs=0.06)] * 2
    (cut_in,) = events(result, "agent_interrupt")
    assert cut_in.metadata["overlap"] == pytest.approx(parts[1].duration, abs=0.15)


@pytest.mark.parametrize("manner", ["explicit", "vad", "gap"])
async def test_words_that_are_streamed_stay_with_what_they_are_of(manner: str) -> None:
    agent = Eager([LONG, spoken("sure")], ["ok fine"], turn_end=manner, text=True)
    agent.streaming_transcript = ""
    begin = agent.say

    async def say(pcm: bytes) -> None:
        agent.streaming_transcript = ""
        agent.streaming_transcript = "it is a long story" if len(pcm) == len(LONG) else "sure"
        await begin(pcm)

    agent.say = say  # pyright: ignore[reportAttributeAccessIssue]
    result = await play(agent, script=SCRIPT)
    told = [(message["role"], message["content"][0].get("text")) for message in result.messages[1:]]
    assert told == [
        ("assistant", "it is a long story [interrupted]"), ("user", SAID), ("assistant", "ok fine"),
        ("assistant", "sure"),
    ]  # fmt: skip


@pytest.mark.parametrize("manner", ["explicit", "vad", "gap"])
async def test_an_answer_that_goes_on_when_the_user_has_finished_has_all_of_its_words(manner: str) -> None:
    answer = "of course i stop telling you about that and listen to what you have to say to me"
    agent = Eager([LONG], [answer], turn_end=manner, text=True)
    agent.streaming_transcript = "it is a long story"
    result = await play(agent, script=[SCRIPT[0], scenario.agent(wait=False), *SCRIPT[2:]])
    told = [(message["role"], message["content"][0].get("text")) for message in result.messages[2:]]
    assert told == [("user", SAID), ("assistant", answer)]
    assert heard(segments(result, "agent")[1].audio) == answer


async def test_several_of_them_are_several_messages_with_their_own_words() -> None:
    agent = Eager([LONG, spoken("sure")], ["oh", "ok fine"], turn_end="explicit", text=True)
    result = await play(agent, script=SCRIPT)
    told = [(message["role"], message["content"][0].get("text")) for message in result.messages[2:]]
    assert told[:3] == [("user", SAID), ("assistant", "oh"), ("assistant", "ok fine")]
    assert sounds(result)[-1] == ("assistant", "sure")


@pytest.mark.parametrize("manner", ["explicit", "vad"])
async def test_an_agent_that_had_not_begun_yet_is_heard_too(manner: str) -> None:
    agent = Eager([LONG, spoken("sure go ahead")], ["ok fine"], turn_end=manner)
    script = [SCRIPT[0], scenario.agent(wait=False), scenario.sleep(0.6), *SCRIPT[3:]]
    result = await play(agent, script=script)
    assert the_interruption(result)["outcome"] == "fired_before_speech"
    told = [(m["role"], heard(extract_audio(m).data)) for m in result.messages[1:]]  # pyright: ignore[reportOptionalMemberAccess]
    assert told == [("user", SAID), ("assistant", "ok fine"), ("assistant", "sure go ahead")]


async def test_nothing_of_it_is_sent_or_said_again() -> None:
    agent = Eager([LONG, spoken("sure"), spoken("bye")], ["ok fine"], turn_end="explicit")
    result = await play(agent, script=[*SCRIPT[:-1], scenario.user("bye"), scenario.agent(), SCRIPT[-1]])
    assert [heard(pcm) for pcm in agent.sent] == ["tell me", SAID, "bye"]
    assert [heard(segment.audio) for segment in segments(result, "user")] == ["tell me", SAID, "bye"]
