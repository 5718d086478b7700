"""Adapters that play the user: a voice model talks to a voice agent."""

from __future__ import annotations

from typing import Any

import pytest

import scenario
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.plays import dialogue, events, heard, play, says, segments


class UserModel(LoopbackVoiceAgent):
    """Plays the user as a realtime model does: it hears the agent and answers, or says what it is told."""

    role = scenario.AgentRole.USER

    async def send_text(self, text: str) -> None:
        self._script.insert(self._next, text)
        await self.end_user_turn()


TALK = [scenario.proceed(turns=2), scenario.succeed()]


@pytest.mark.parametrize("manner", [{}, {"burst": True}], ids=str)
async def test_a_model_talks_to_an_agent(manner: dict[str, Any]) -> None:
    user = UserModel(["i want a refund", "thank you"], voice="offline/anna", **manner)
    agent = LoopbackVoiceAgent(["which order", "done"])
    result = await play(user, agent, script=TALK)
    assert dialogue(result) == [
        ("user", "i want a refund"), ("assistant", "which order"), ("user", "thank you"),
        ("assistant", "done"),
    ]  # fmt: skip
    assert [heard(chunk) for chunk in agent.heard] == ["i want a refund", "thank you"]
    assert [heard(chunk) for chunk in user.heard] == ["which order"]


async def test_each_side_is_recorded_once_on_its_own_track() -> None:
    user = UserModel(["i want a refund", "thank you"], voice="offline/anna")
    result = await play(user, LoopbackVoiceAgent(["which order", "done"]), script=TALK)
    assert heard(result.audio.user_track.read()) == "i want a refund thank you"
    assert heard(result.audio.agent_track.read()) == "which order done"
    assert [each.speaker for each in segments(result)] == ["user", "agent"] * 2
    assert [heard(each.audio) for each in segments(result, "user")] == ["i want a refund", "thank you"]
    assert [event.type for event in events(result)] == [
        "user_start_speaking", "user_stop_speaking", "agent_start_speaking", "agent_stop_speaking",
    ] * 2  # fmt: skip


async def test_what_the_model_says_has_the_latency_of_the_agent_only() -> None:
    user = UserModel(["hello", "thank you"], latency=2.0)
    result = await play(user, LoopbackVoiceAgent(["yes", "done"], latency=0.4), script=TALK)
    assert result.latency.measurements == [pytest.approx(0.4, abs=0.06)] * 2


async def test_the_model_is_told_what_to_say() -> None:
    user = UserModel([])
    agent = LoopbackVoiceAgent(["which order"])
    script = [scenario.user("my order is late"), scenario.agent(), scenario.succeed()]
    result = await play(user, agent, script=script)
    assert dialogue(result)[0] == ("user", "my order is late")
    assert heard(agent.heard[0]) == "my order is late"


async def test_steps_act_on_the_adapter_of_the_agent() -> None:
    user = UserModel(["hello"])
    agent = LoopbackVoiceAgent(["one two three four five six seven eight", "fine"])
    script = [scenario.user(), scenario.agent(wait=False), scenario.sleep(2.5), scenario.user("stop")]
    result = await play(user, agent, script=[*script, scenario.agent(), scenario.succeed()])
    (event,) = events(result, "user_interrupt")
    assert event.metadata["adapter"] == "LoopbackVoiceAgent"


class TextAgent(scenario.AgentAdapter):
    """An agent that reads and writes."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def call(self, input: scenario.AgentInput) -> str:
        self.read.append(says(input.messages[-1]))
        return "noted"


async def test_a_model_alone_with_a_text_agent_is_on_the_users_track() -> None:
    from scenario.voice.testing import OfflineSTT

    user, agent = UserModel(["i want a refund"], voice="offline/anna"), TextAgent()
    script = [scenario.user(), scenario.agent(), scenario.succeed()]
    result = await play(user, agent, script=script, options={"stt": OfflineSTT()})
    assert agent.read == ["i want a refund"]
    (segment,) = segments(result)
    assert (segment.speaker, heard(segment.audio)) == ("user", "i want a refund")
    assert heard(result.audio.user_track.read()) == "i want a refund"
    assert [event.type for event in events(result)] == ["user_start_speaking", "user_stop_speaking"]
    assert result.latency.per_turn == []


async def test_words_are_found_for_a_text_agent() -> None:
    from scenario.voice.testing import OfflineSTT
    from tests.voice_run.peers import Peer
    from tests.voice_run.plays import spoken

    user, agent = Peer([spoken("i want a refund")], role=scenario.AgentRole.USER), TextAgent()
    script = [scenario.user(), scenario.agent(), scenario.succeed()]
    await play(user, agent, script=script, options={"stt": OfflineSTT()})
    assert agent.read == ["i want a refund"]
