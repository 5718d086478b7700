"""`interrupt`: the user cuts into the agent's turn, whatever is said and however."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import scenario
from scenario.voice import UnsupportedCapabilityError, VoiceTransportError
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, Stoppable, seconds_of_speech
from tests.voice_run.plays import NUMBERS, dialogue, events, heard, play, segments, spoken, the_interruption

if TYPE_CHECKING:
    from pathlib import Path

HELLO = scenario.user("hello there")


def script(*steps: Any) -> list[Any]:
    return [HELLO, *steps, scenario.agent(), scenario.succeed()]


async def test_the_partial_turn_is_kept() -> None:
    peer = Stoppable([seconds_of_speech(10.0), seconds_of_speech(1.0)], turn_end="explicit")
    steps = [scenario.agent(wait=False), scenario.sleep(0.72 + 0.12 + 0.3 + 2.0), scenario.user("stop")]
    result = await play(peer, script=script(*steps))
    partial = segments(result, "agent")[0]
    assert partial.duration == pytest.approx(2.0, abs=0.3)
    assert partial.transcript_truncated
    assert [message["role"] for message in result.messages] == ["user", "assistant", "user", "assistant"]
    assert segments(result, "user")[1].start_time < partial.end_time + 0.3


async def test_what_was_heard_is_marked_in_the_message() -> None:
    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"]), script=script(scenario.interrupt("stop")))
    (_, _), (role, text), user, last = dialogue(result)
    assert role == "assistant"
    assert text.endswith(" [interrupted]")
    assert NUMBERS.startswith(text.removesuffix(" [interrupted]"))
    assert user == ("user", "stop")
    assert last == ("assistant", "fine")
    assert segments(result, "agent")[0].heard_transcript == text.removesuffix(" [interrupted]")


async def test_the_agent_is_spoken_over_when_so_many_words_were_heard() -> None:
    twenty = " ".join(f"word{number}" for number in range(20))
    steps = script(scenario.interrupt("stop", after_words=5))
    result = await play(LoopbackVoiceAgent([twenty, "fine"]), script=steps)
    words = dialogue(result)[1][1].removesuffix(" [interrupted]").split()
    assert 5 <= len(words) <= 7


async def test_words_of_a_burst_are_heard_one_by_one() -> None:
    steps = script(scenario.interrupt("stop", after_words=5))
    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"], burst=True), script=steps)
    assert 5 <= len(dialogue(result)[1][1].removesuffix(" [interrupted]").split()) <= 7


async def test_words_cannot_be_counted_where_no_text_comes() -> None:
    with pytest.raises(UnsupportedCapabilityError, match="streaming_transcripts"):
        await play(Peer([seconds_of_speech(5)]), script=script(scenario.interrupt("stop", after_words=2)))


async def test_an_adapter_that_promises_text_and_sends_none_is_given_three_seconds() -> None:
    peer = Peer([seconds_of_speech(9)], turn_end="explicit")
    peer.capabilities = scenario.AdapterCapabilities(streaming_transcripts=True)
    with pytest.raises(UnsupportedCapabilityError, match="Peer"):
        await play(peer, script=script(scenario.interrupt("stop", after_words=2)))


@pytest.mark.parametrize("kind", ["name", "path", "bytes"])
async def test_a_recording_cuts_in_like_words_do(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "stop.WAV"
    path.write_bytes(write_wav(spoken("stop that")))
    content = {"name": str(path), "path": path, "bytes": path.read_bytes()}[kind]
    agent = LoopbackVoiceAgent([NUMBERS, "fine"])
    result = await play(agent, script=script(scenario.interrupt(content)))
    assert the_interruption(result)["outcome"] == "fired_after_speech"
    assert heard(segments(result, "user")[1].audio) == "stop that"
    assert [role for role, _ in dialogue(result)] == ["user", "assistant", "user", "assistant"]
    assert heard(agent.heard[1]) == "stop that"


async def test_without_content_the_simulator_writes_it_and_knows_what_was_said_so_far() -> None:
    seen: list[str] = []

    class Writer(scenario.AgentAdapter):
        role = scenario.AgentRole.USER
        voice, audio_effects = "offline/anna", ()

        async def call(self, input: scenario.AgentInput) -> str:
            seen.append(str(input.messages[-1]["content"]))
            return "no wait"

    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"]), Writer(), script=script(scenario.interrupt()))
    assert seen[0].startswith("one")
    assert len(seen[0]) < len(NUMBERS) / 2
    assert dialogue(result)[2] == ("user", "no wait")
    assert the_interruption(result)["outcome"] == "fired_after_speech"


async def test_nothing_is_sent_twice_and_the_next_turn_is_clean() -> None:
    agent = LoopbackVoiceAgent([NUMBERS, "fine"])
    result = await play(agent, script=script(scenario.interrupt("stop")))
    assert [heard(chunk) for chunk in agent.heard] == ["hello there", "stop"]
    assert heard(segments(result, "agent")[1].audio) == "fine"


async def test_the_waits_are_not_added_up() -> None:
    peer = Stoppable([seconds_of_speech(3.0)] * 2, latency=20.0, turn_end="explicit")
    peer.response_timeout = 30.0
    steps = script(scenario.interrupt("stop", wait_for_speech_timeout=4.0))
    result = await play(peer, script=steps)
    hello, stop = segments(result, "user")
    assert stop.start_time - hello.end_time == pytest.approx(4.0, abs=0.1)
    assert the_interruption(result)["outcome"] == "fired_before_speech"


async def test_an_agent_that_starts_late_does_not_prolong_the_wait() -> None:
    peer = Stoppable([seconds_of_speech(9.0), seconds_of_speech(1)], latency=3.0, turn_end="explicit")
    peer.capabilities = scenario.AdapterCapabilities(interruption=True, streaming_transcripts=True)
    peer.streaming_transcript = "one"
    steps = script(scenario.interrupt("stop", after_words=50, wait_for_speech_timeout=4.0))
    result = await play(peer, script=steps)
    hello, stop = segments(result, "user")
    assert stop.start_time - hello.end_time == pytest.approx(4.0, abs=0.1)


async def test_speech_is_prepared_while_the_agent_is_waited_for() -> None:
    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"]), script=script(scenario.interrupt("stop")))
    agent, user = segments(result, "agent")[0], segments(result, "user")[1]
    assert 0 <= user.start_time - agent.start_time <= 0.15  # 60 ms are needed to know that it is speech


async def test_a_turn_that_is_over_is_not_interrupted() -> None:
    agent = LoopbackVoiceAgent(["yes", "fine"])
    result = await play(agent, script=script(scenario.interrupt("stop", after_words=3)))
    assert the_interruption(result)["outcome"] == "pending_done"
    assert dialogue(result) == [
        ("user", "hello there"), ("assistant", "yes"), ("user", "stop"), ("assistant", "fine"),
    ]  # fmt: skip
    assert not any(segment.transcript_truncated for segment in segments(result))


@pytest.mark.parametrize(("answer", "native"), [(True, True), (None, True), (False, False)])
async def test_only_a_peer_that_was_told_is_native(answer: bool | None, native: bool) -> None:
    peer = Stoppable([seconds_of_speech(6), seconds_of_speech(1)], turn_end="explicit", native=answer)
    result = await play(peer, script=script(scenario.interrupt("stop")))
    facts = the_interruption(result)
    assert facts["native"] is native
    assert facts["adapter"] == "Stoppable"
    assert peer.calls.count("interrupt") == 1


async def test_the_event_is_at_the_first_word_of_the_user() -> None:
    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"]), script=script(scenario.interrupt("stop")))
    (event,) = events(result, "user_interrupt")
    user = segments(result, "user")[1]
    assert event.time == pytest.approx(user.start_time, abs=0.02)
    starts = [each.time for each in events(result, "user_start_speaking")]
    assert event.time in starts


async def test_how_long_the_agent_went_on_is_measured() -> None:
    agent = LoopbackVoiceAgent([NUMBERS, "fine"], barge_in_after=0.5)
    result = await play(agent, script=script(scenario.interrupt("stop that now please", after_words=2)))
    facts = the_interruption(result)
    assert facts["stopped_after"] == pytest.approx(0.5, abs=0.06)
    assert facts["overlap"] == pytest.approx(0.5, abs=0.06)
    assert result.latency.interrupt_response_time == pytest.approx(0.5, abs=0.06)
    assert result.audio.metrics.interruptions == 1
    assert result.audio.metrics.interruptions_stopped == 1


async def test_an_agent_that_does_not_stop_is_left_after_three_seconds() -> None:
    peer = Peer([seconds_of_speech(12), seconds_of_speech(1)], turn_end="explicit", waits=False)
    steps = [HELLO, scenario.agent(wait=False), scenario.sleep(3), scenario.user("stop"), scenario.succeed()]
    peer.answer_on_audio = True

    async def end_user_turn() -> None:
        if len(peer.utterances) == 2:
            peer.answer()

    peer.end_user_turn = end_user_turn  # pyright: ignore[reportAttributeAccessIssue]
    result = await play(peer, script=steps)
    assert the_interruption(result)["stopped_after"] is None
    stop, partial = segments(result, "user")[1], segments(result, "agent")[0]
    assert partial.end_time == pytest.approx(stop.end_time + 3.0, abs=0.3)
    assert result.latency.interrupt_response_time is None


@pytest.mark.parametrize("error", [ConnectionResetError("gone"), VoiceTransportError("gone", code=1011)])
async def test_a_send_that_fails_is_told(error: Exception) -> None:
    class Broken(Peer):
        async def send_audio(self, chunk: scenario.AudioChunk) -> None:
            await super().send_audio(chunk)
            if len(self.sent) > 1:
                raise error

    with pytest.raises(VoiceTransportError, match="gone"):
        await play(
            Broken([seconds_of_speech(5)], turn_end="explicit"), script=script(scenario.interrupt("stop"))
        )


async def test_a_stop_signal_that_fails_is_told() -> None:
    class Broken(Stoppable):
        async def interrupt(self) -> bool | None:
            raise VoiceTransportError("no signal")

    with pytest.raises(VoiceTransportError, match="no signal"):
        await play(
            Broken([seconds_of_speech(5)], turn_end="explicit"), script=script(scenario.interrupt("stop"))
        )


@pytest.mark.parametrize("wrong", [{"after_words": 0}, {"wait_for_speech_timeout": -1.0}])
def test_nonsense_is_refused_when_the_step_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        scenario.interrupt("stop", **wrong)
