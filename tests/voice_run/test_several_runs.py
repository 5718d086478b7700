"""Runs beside and after one another."""

from __future__ import annotations

import asyncio

import scenario
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, caller, dialogue, heard, play, segments


async def test_runs_at_the_same_time_do_not_hear_each_other() -> None:
    user = caller()

    async def run(name: str) -> scenario.ScenarioResult:
        agent = LoopbackVoiceAgent([f"{name} one", NUMBERS, f"{name} three"])
        script = [
            scenario.user(f"{name} asks"), scenario.agent(), scenario.user("count"),
            scenario.interrupt(f"{name} stops", after_words=3), scenario.agent(), scenario.succeed(),
        ]  # fmt: skip
        return await play(agent, user, script=script)

    names = ["alpha", "beta", "gamma", "delta"]
    for name, result in zip(names, await asyncio.gather(*map(run, names)), strict=True):
        texts = [text for _, text in dialogue(result)]
        assert texts[:2] == [f"{name} asks", f"{name} one"]
        assert texts[-2:] == [f"{name} stops", f"{name} three"]
        assert heard(segments(result, "agent")[-1].audio) == f"{name} three"


async def test_recordings_do_not_leak_into_the_next_run() -> None:
    agent = LoopbackVoiceAgent(["one"])
    script = [scenario.user("hello"), scenario.agent(), scenario.succeed()]
    first, second = await play(agent, script=script), await play(agent, script=script)
    assert len(second.audio.segments) == len(first.audio.segments) == 2
    assert second.audio.segments[0].start_time < 0.1
    assert heard(first.audio.agent_track.read()) == "one"  # still readable


async def test_withdrawn_messages_are_not_spoken_again() -> None:
    agent = LoopbackVoiceAgent(["no", "yes"])

    def back(state: scenario.ScenarioState) -> None:
        state.rollback_messages_to(0)

    script = [
        scenario.user("please"), scenario.agent(), back, scenario.user("pretty please"), scenario.agent(),
        scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    assert dialogue(result) == [("user", "pretty please"), ("assistant", "yes")]
    assert [heard(chunk) for chunk in agent.heard] == ["please", "pretty please"]
    assert len(segments(result)) == 4  # what was said was said


async def test_a_message_that_was_withdrawn_before_it_was_spoken_never_is() -> None:
    agent = LoopbackVoiceAgent(["yes"])
    script = [
        scenario.user("wrong"), lambda state: state.rollback_messages_to(0) and None, scenario.user("right"),
        scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    assert [heard(chunk) for chunk in agent.heard] == ["right"]
    assert dialogue(result) == [("user", "right"), ("assistant", "yes")]


async def test_a_conversation_runs_by_itself_up_to_its_last_turn() -> None:
    agent = LoopbackVoiceAgent(["what is your order number", "it is on its way", "you are welcome"])
    result = await play(agent, script=[scenario.proceed()], max_turns=3)
    assert not result.success
    assert "maximum turns" in (result.reasoning or "")
    assert [role for role, _ in dialogue(result)] == ["user", "assistant"] * 3
    assert len(agent.heard) == 3
    assert len(result.latency.measurements) == 3
