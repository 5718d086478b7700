"""What the agent says unasked, early, or between turns."""

from __future__ import annotations

import pytest

import scenario
from scenario.voice import AudioChunk
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import dialogue, events, heard, play, segments, spoken


async def test_a_remark_during_silence_is_recorded_and_not_in_the_next_turn() -> None:
    class Remarks(Peer):
        async def send_audio(self, chunk: AudioChunk) -> None:
            await super().send_audio(chunk)
            if not any(chunk.data):
                self.output().put_nowait(AudioChunk(spoken("still there")))

    script = [
        scenario.user("hello"), scenario.agent(), scenario.silence(2), scenario.user("yes"), scenario.agent(),
        scenario.succeed(),
    ]  # fmt: skip
    result = await play(Remarks([spoken("hi"), spoken("fine")]), script=script)
    track = result.audio.agent_track
    assert "still there" in heard(track.read())
    assert [heard(segment.audio) for segment in segments(result, "agent")] == ["hi", "fine"]
    assert [event.type for event in events(result)].count("agent_start_speaking") == 3


async def test_an_agent_may_speak_first() -> None:
    agent = LoopbackVoiceAgent(["welcome", "sure"])
    script = [scenario.agent(), scenario.user("hello"), scenario.agent(), scenario.succeed()]
    result = await play(agent, script=script)
    assert dialogue(result) == [("assistant", "welcome"), ("user", "hello"), ("assistant", "sure")]
    assert segments(result)[0].speaker == "agent"


class Impatient(Peer):
    """Answers so many seconds after the user's audio began, whether it is over or not."""

    def __init__(self, utterances: list[bytes], *, after: float) -> None:
        super().__init__(utterances, latency=after, turn_end="gap", waits=False, paced=True)

    async def send_audio(self, chunk: AudioChunk) -> None:
        self.answer()
        await super().send_audio(chunk)

    async def end_user_turn(self) -> None:
        """It has its own idea of turns."""


LONG = scenario.user("i would like to say a few words")


async def test_an_agent_that_talks_over_the_user_has_a_negative_latency() -> None:
    result = await play(
        Impatient([seconds_of_speech(3)], after=0.5), script=[LONG, scenario.agent(), scenario.succeed()]
    )
    (user,), (agent,) = segments(result, "user"), segments(result, "agent")
    (started,) = events(result, "agent_start_speaking")
    assert started.latency == pytest.approx(0.5 - user.duration, abs=0.06)
    assert result.latency.per_turn[0].latency == pytest.approx(0.5 - user.duration, abs=0.06)
    assert result.latency.measurements == []
    (cut,) = events(result, "agent_interrupt")
    assert cut.metadata["overlap"] == pytest.approx(user.duration - 0.5, abs=0.15)
    assert result.audio.metrics.agent_interruptions == 1
    assert agent.duration == pytest.approx(3.0, abs=0.1)


async def test_a_remark_into_the_users_words_is_not_the_answer() -> None:
    class Listener(Impatient):
        async def end_user_turn(self) -> None:
            self.latency = 0.8
            self.answer()

    peer = Listener([spoken("hm"), spoken("i see")], after=0.3)
    result = await play(peer, script=[LONG, scenario.agent(), scenario.succeed()])
    (agent,) = segments(result, "agent")
    assert heard(agent.audio) == "i see"
    assert result.latency.measurements == [pytest.approx(0.8, abs=0.06)]
    assert [event.type for event in events(result) if event.type.startswith("agent")] == [
        "agent_start_speaking", "agent_interrupt", "agent_stop_speaking",
        "agent_start_speaking", "agent_stop_speaking",
    ]  # fmt: skip


async def test_an_answer_while_the_user_is_silent_on_the_line_is_the_turn() -> None:
    from scenario.voice._audio.wav import write_wav

    said = spoken("hello") + bytes(3 * 48_000)
    peer = Impatient([spoken("yes please")], after=0.8)
    script = [scenario.audio(write_wav(said)), scenario.agent(), scenario.succeed()]
    result = await play(peer, script=script)
    (agent,) = segments(result, "agent")
    assert heard(agent.audio) == "yes please"
    assert result.latency.measurements == [pytest.approx(0.5, abs=0.06)]
    assert not events(result, "agent_interrupt")
