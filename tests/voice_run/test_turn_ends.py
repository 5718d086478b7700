"""When an agent's turn is over."""

from __future__ import annotations

import logging

import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice import AudioChunk, FirstChunkTimeoutError
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import dialogue, events, heard, play, segments, spoken

ONE_TURN = [scenario.user("hello there"), scenario.agent(), scenario.succeed()]


async def duration_of_the_turn(peer: Peer, *more: object) -> tuple[float, scenario.ScenarioResult]:
    """Return how long `agent()` took after the user's last word, in media time."""
    moments: list[float] = []

    def note(state: scenario.ScenarioState) -> None:
        moments.append(peer.clock.now())

    script = [scenario.user("hello"), scenario.agent(), note, *more, scenario.succeed()]
    begun: list[float] = []
    end_user_turn = peer.end_user_turn

    async def noted() -> None:
        begun.append(peer.clock.now())
        await end_user_turn()

    peer.end_user_turn = noted  # pyright: ignore[reportAttributeAccessIssue]
    result = await play(peer, script=script)
    return moments[0] - begun[0], result


async def test_an_explicit_end_ends_the_turn_when_it_has_been_heard() -> None:
    took, result = await duration_of_the_turn(Peer([seconds_of_speech(2.0)], turn_end="explicit"))
    assert took == pytest.approx(0.3 + 2.0, abs=0.05)
    (segment,) = segments(result, "agent")
    assert segment.duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("manner", ["gap", "vad"])
async def test_the_wait_that_finds_the_end_is_no_part_of_the_segment(manner: str) -> None:
    took, result = await duration_of_the_turn(Peer([seconds_of_speech(2.0)], turn_end=manner))
    assert took == pytest.approx(0.3 + 2.0 + 0.6, abs=0.1)
    (segment,) = segments(result, "agent")
    assert segment.duration == pytest.approx(2.0, abs=0.1)
    assert len(segment.audio) / 48_000 == pytest.approx(segment.duration, abs=0.001)


async def test_a_line_that_is_never_silent_ends_turns_by_speech() -> None:
    peer = Peer([seconds_of_speech(1.5)], latency=0.8, turn_end="vad")
    took, result = await duration_of_the_turn(peer)
    assert took < 3.2
    assert result.latency.measurements == [pytest.approx(0.8, abs=0.06)]


async def test_a_burst_is_over_when_it_has_been_played() -> None:
    took, result = await duration_of_the_turn(Peer([seconds_of_speech(4.0)], turn_end="explicit", burst=True))
    assert took == pytest.approx(0.3 + 4.0, abs=0.05)
    (segment,) = segments(result, "agent")
    assert segment.duration == pytest.approx(4.0, abs=0.1)


async def test_a_pause_within_data_does_not_end_a_turn() -> None:
    with_pause = spoken("wait") + bytes(48_000) + spoken("found it")
    result = await play(Peer([with_pause], turn_end="gap"), script=ONE_TURN)
    (segment,) = segments(result, "agent")
    assert heard(segment.audio) == "wait found it"


async def test_silence_for_ever_ends_the_turn_of_a_gap_adapter_too() -> None:
    peer = Peer([spoken("hello") + bytes(20 * 48_000)], turn_end="gap")
    took, _ = await duration_of_the_turn(peer)
    assert took < 5


async def test_an_agent_that_says_nothing_times_out() -> None:
    with pytest.raises(AgentCallError) as raised:
        await play(Peer([], response_timeout=5.0), script=ONE_TURN)
    cause = raised.value.__cause__
    assert isinstance(cause, FirstChunkTimeoutError)
    assert (cause.timeout, cause.phase) == (5.0, "first-chunk")


async def test_an_end_that_never_comes_is_given_up_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    class Forgetful(Peer):
        async def say(self, pcm: bytes) -> None:
            await self.stream(pcm)

    peer = Forgetful([seconds_of_speech(1.0)], turn_end="explicit", response_timeout=4.0)
    with caplog.at_level(logging.WARNING):
        took, result = await duration_of_the_turn(peer)
    assert took == pytest.approx(1.0 + 4.0, abs=0.2)
    assert "did not come within 4 s" in caplog.text
    assert segments(result, "agent")[0].duration == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("burst", [False, True])
async def test_a_turn_that_lasts_too_long_is_cut_off(burst: bool) -> None:
    peer = Peer(
        [seconds_of_speech(10.0), spoken("bye")], turn_end="explicit", burst=burst, response_max_duration=3.0
    )
    took, result = await duration_of_the_turn(peer)
    assert took == pytest.approx(0.3 + 3.0, abs=0.3)
    (event,) = events(result, "agent_turn_truncated")
    assert event.time == pytest.approx(took + 0.3, abs=0.4)


async def test_what_follows_a_cut_stays_in_its_segment_and_out_of_the_next_turn() -> None:
    agent = LoopbackVoiceAgent(
        ["one two three four five six seven eight nine ten", "bye"], barge_in_after=None
    )
    agent.response_max_duration = 1.0
    script = [
        scenario.user("hello"), scenario.agent(), scenario.user("hm"), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    cut, bye = segments(result, "agent")
    assert heard(cut.audio) == "one two three four five six seven eight nine ten"
    assert heard(bye.audio) == "bye"
    assert dialogue(result)[-1] == ("assistant", "bye")


@pytest.mark.parametrize("manner", ["gap", "vad", "explicit"])
@pytest.mark.parametrize("user", ["hm", "no please listen to me for a moment and say nothing more"])
async def test_the_turn_after_a_cut_has_its_events_and_its_latency(manner: str, user: str) -> None:
    peer = Peer(
        [seconds_of_speech(5.0), spoken("bye bye")], latency=0.9, turn_end=manner, response_max_duration=2.0
    )
    script = [scenario.user("hi"), scenario.agent(), scenario.user(user), scenario.agent()]
    result = await play(peer, script=[*script, scenario.succeed()])
    starts, stops = events(result, "agent_start_speaking"), events(result, "agent_stop_speaking")
    for told, place in ((starts, "start_time"), (stops, "end_time")):
        moments = [getattr(segment, place) for segment in segments(result, "agent")]
        assert [event.time for event in told] == pytest.approx(moments, abs=0.1)
    assert [event.latency for event in starts] == pytest.approx(result.latency.measurements, abs=0.01)


async def test_an_explicit_end_without_audio_gives_the_text() -> None:
    class Writer(Peer):
        def answer(self) -> None:
            self.streaming_transcript = "I write to you."
            self.output().put_nowait(AudioChunk(b""))

    result = await play(Writer([], turn_end="explicit"), script=ONE_TURN)
    assert result.messages[-1]["content"] == "I write to you."


async def test_an_explicit_end_of_nothing_gives_no_message() -> None:
    class Mute(Peer):
        def answer(self) -> None:
            self.output().put_nowait(AudioChunk(b""))

    result = await play(Mute([], turn_end="explicit"), script=ONE_TURN)
    assert [message["role"] for message in result.messages] == ["user"]


async def test_a_final_text_replaces_what_was_streamed() -> None:
    class Final(Peer):
        async def say(self, pcm: bytes) -> None:
            self.streaming_transcript = "your bal"
            await self.stream(pcm)
            self.streaming_transcript = "your bal" + "ance iz"
            self.last_agent_transcript = "Your balance is."
            self.output().put_nowait(AudioChunk(b""))

    result = await play(Final([spoken("x y z")], turn_end="explicit"), script=ONE_TURN)
    assert dialogue(result)[-1] == ("assistant", "Your balance is.")


async def test_deltas_are_joined_as_they_came() -> None:
    class Deltas(Peer):
        async def say(self, pcm: bytes) -> None:
            for text in ("your bal", "ance is", " low"):
                self.output().put_nowait(AudioChunk(pcm, transcript=text))
            self.output().put_nowait(AudioChunk(b""))

    result = await play(Deltas([spoken("x")], turn_end="explicit"), script=ONE_TURN)
    assert dialogue(result)[-1] == ("assistant", "your balance is low")
