"""Turns of the agent in the background, and the steps that speak into them."""

from __future__ import annotations

import pytest

import scenario
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, dialogue, events, heard, play, segments, spoken, the_interruption

BEGIN = [scenario.user("hello"), scenario.agent(wait=False)]


async def test_a_spoken_user_cuts_in() -> None:
    script = [*BEGIN, scenario.sleep(3), scenario.user("stop"), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent([NUMBERS, "fine"]), script=script)
    assert the_interruption(result)["outcome"] == "fired_after_speech"
    assert segments(result, "user")[1].start_time == pytest.approx(3.0, abs=0.1)
    assert [role for role, _ in dialogue(result)] == ["user", "assistant", "user", "assistant"]


async def test_a_recording_cuts_in() -> None:
    script = [*BEGIN, scenario.sleep(3), scenario.audio(write_wav(spoken("stop"))), scenario.agent()]
    agent = LoopbackVoiceAgent([NUMBERS, "fine"])
    result = await play(agent, script=[*script, scenario.succeed()])
    assert the_interruption(result)["outcome"] == "fired_after_speech"
    assert [heard(chunk) for chunk in agent.heard] == ["hello", "stop"]


async def test_a_user_does_not_cut_into_the_users_own_words() -> None:
    agent = LoopbackVoiceAgent(["hm hm hm hm", "fine"])
    result = await play(
        agent, script=[*BEGIN, scenario.user("and stop"), scenario.agent(), scenario.succeed()]
    )
    hello, stop = segments(result, "user")
    assert stop.start_time >= hello.end_time
    assert [heard(chunk) for chunk in agent.heard] == ["hello", "and stop"]
    assert dialogue(result)[-1] == ("assistant", "fine")


async def test_plain_callables_and_pauses_do_not_wait_for_it() -> None:
    running: list[int] = []

    def look(state: scenario.ScenarioState) -> None:
        running.append(len(state.messages))

    script = [*BEGIN, look, scenario.sleep(0.5), look, scenario.silence(0.5), look]
    result = await play(LoopbackVoiceAgent([NUMBERS]), script=[*script, scenario.succeed()])
    assert running == [1, 1, 1]
    assert dialogue(result)[1] == ("assistant", NUMBERS)


async def test_the_end_of_the_script_waits_for_it() -> None:
    result = await play(LoopbackVoiceAgent(["fine"]), script=BEGIN)
    assert dialogue(result) == [("user", "hello"), ("assistant", "fine")]


async def test_a_second_one_is_refused() -> None:
    with pytest.raises(RuntimeError, match="still running"):
        await play(LoopbackVoiceAgent(["fine"]), script=[*BEGIN, scenario.agent(wait=False)])


async def test_a_turn_that_just_ended_comes_before_the_user() -> None:
    script = [*BEGIN, scenario.sleep(10), scenario.user("more"), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["fine", "bye"]), script=script)
    assert [text for _, text in dialogue(result)] == ["hello", "fine", "more", "bye"]
    assert not events(result, "user_interrupt")
