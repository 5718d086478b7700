"""Two voice agents in one run: the user speaks once, and each of them hears it."""

from __future__ import annotations

import pytest

import scenario
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.peers import Peer
from tests.voice_run.plays import audio_message, dialogue, events, heard, play, segments, spoken

BOTH = [scenario.user("hello you two"), scenario.agent(), scenario.agent(), scenario.succeed()]


def two(manner: str, answers: list[list[str]]) -> list[Peer]:
    settings = {"turn_end": manner, "waits": manner == "explicit", "paced": manner == "vad"}
    return [Peer([spoken(words, voice="agent") for words in each], **settings) for each in answers]


@pytest.mark.parametrize("manner", ["explicit", "gap", "vad"])
async def test_the_user_is_recorded_once_and_heard_by_each(manner: str) -> None:
    one, other = two(manner, [["from one"], ["from the other"]])
    result = await play(one, other, script=BOTH)
    assert [[heard(pcm) for pcm in each.sent] for each in (one, other)] == [["hello you two"]] * 2
    (user,) = segments(result, "user")
    assert user.duration == pytest.approx(len(one.sent[0]) / 48_000, abs=0.001)
    assert heard(result.audio.user_track.read()) == "hello you two"
    assert [heard(each.audio) for each in segments(result, "agent")] == ["from one", "from the other"]
    assert len(events(result, "user_start_speaking")) == len(events(result, "user_stop_speaking")) == 1
    assert [role for role, _ in dialogue(result)] == ["user", "assistant", "assistant"]


async def test_each_ones_latency_counts_from_when_it_has_heard_the_user() -> None:
    one, other = LoopbackVoiceAgent(["first"], latency=0.4), LoopbackVoiceAgent(["second"], latency=0.9)
    result = await play(one, other, script=BOTH)
    assert result.latency.measurements == [pytest.approx(0.4, abs=0.06), pytest.approx(0.9, abs=0.06)]
    starts = events(result, "agent_start_speaking")
    assert [event.latency for event in starts] == pytest.approx(result.latency.measurements, abs=0.01)


async def test_one_that_missed_several_turns_hears_all_of_them() -> None:
    one, other = LoopbackVoiceAgent(["yes", "no"]), LoopbackVoiceAgent(["from the other"])

    script = [
        scenario.user("hello"), scenario.agent(), scenario.user("again"), scenario.agent(), scenario.agent(),
        scenario.succeed(),
    ]  # fmt: skip
    result = await play(one, other, script=script)
    assert [heard(each.audio) for each in segments(result, "user")] == ["hello", "again"]
    assert heard(result.audio.user_track.read()) == "hello again"
    assert [[heard(chunk) for chunk in each.heard] for each in (one, other)] == [["hello", "again"]] * 2


async def test_who_is_cut_into_hears_it_then_and_the_other_one_later() -> None:
    one, other = LoopbackVoiceAgent(["one two three four five six", "fine"]), LoopbackVoiceAgent(["and me"])
    script = [
        BOTH[0], scenario.interrupt("stop it"), scenario.agent(), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(one, other, script=script)
    assert [heard(each.audio) for each in segments(result, "user")] == ["hello you two", "stop it"]
    assert (
        sorted([heard(chunk) for chunk in each.heard] for each in (one, other))
        == [["hello you two", "stop it"]] * 2
    )


async def test_withdrawn_words_are_followed_by_others_that_are_recorded() -> None:
    one, other = LoopbackVoiceAgent(["no", "yes"]), LoopbackVoiceAgent(["well"])

    def back(state: scenario.ScenarioState) -> None:
        state.rollback_messages_to(0)

    script = [
        scenario.user("please"), scenario.agent(), back, scenario.user("pretty please"), scenario.agent(),
        scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(one, other, script=script)
    assert [heard(each.audio) for each in segments(result, "user")] == ["please", "pretty please"]


async def test_words_without_a_voice_of_their_own_are_spoken_once() -> None:
    one, other = LoopbackVoiceAgent(["yes"]), LoopbackVoiceAgent(["yes too"])

    def say(state: scenario.ScenarioState) -> None:
        state.add_message({"role": "user", "content": "are you there"})  # as text

    result = await play(one, other, script=[say, *BOTH[1:]])
    assert [heard(each.audio) for each in segments(result, "user")] == ["are you there"]
    assert [heard(each.heard[0]) for each in (one, other)] == ["are you there"] * 2
    assert one.heard[0].data == other.heard[0].data


async def test_audio_of_a_script_is_recorded_once_too() -> None:
    one, other = LoopbackVoiceAgent(["yes"]), LoopbackVoiceAgent(["yes too"])
    script = [scenario.message(audio_message("from a file")), *BOTH[1:]]
    result = await play(one, other, script=script)
    assert [heard(each.audio) for each in segments(result, "user")] == ["from a file"]
