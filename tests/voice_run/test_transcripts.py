"""The words of agents that send none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scenario
from scenario.voice import AudioChunk, STTProvider
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from scenario.voice.testing.offline_speech import OfflineSTT
from tests.voice_run.peers import Peer
from tests.voice_run.plays import dialogue, play, says, segments, spoken

if TYPE_CHECKING:
    import pytest


class Counting(STTProvider):
    def __init__(self) -> None:
        self.calls = 0

    async def transcribe(self, audio: AudioChunk) -> str:
        self.calls += 1
        return OfflineSTT().hear(audio.data)


class Reads(scenario.AgentAdapter):
    """Keeps what it was shown of the last message."""

    voice, audio_effects = "offline/anna", ()

    def __init__(self, role: scenario.AgentRole) -> None:
        self.role = role
        self.seen: list[str] = []

    async def call(self, input: scenario.AgentInput) -> Any:
        if input.messages:
            self.seen.append(says(input.messages[-1]))
        if self.role is scenario.AgentRole.JUDGE:
            return scenario.ScenarioResult(success=True, messages=[])
        return "and then"


SCRIPT = [scenario.user("hello"), scenario.agent(), scenario.user(), scenario.agent(), scenario.judge()]


async def test_simulator_and_judge_know_what_was_said() -> None:
    user, judge = Reads(scenario.AgentRole.USER), Reads(scenario.AgentRole.JUDGE)
    peer = Peer([spoken("good day"), spoken("good bye")])
    result = await play(peer, user, judge, script=SCRIPT, options={"stt": OfflineSTT()})
    assert user.seen == ["good day"]
    assert judge.seen == ["good bye"]
    assert [text for _, text in dialogue(result)] == ["hello", "good day", "and then", "good bye"]
    assert [segment.transcript for segment in segments(result, "agent")] == ["good day", "good bye"]


async def test_nobody_transcribes_what_nobody_reads() -> None:
    stt = Counting()
    await play(Peer([spoken("hi")]), script=[*SCRIPT[:2], scenario.succeed()], options={"stt": stt})
    assert stt.calls == 0


async def test_text_of_the_adapter_is_enough() -> None:
    stt = Counting()
    judge = Reads(scenario.AgentRole.JUDGE)
    agent = LoopbackVoiceAgent(["good day", "good bye"])
    await play(agent, judge, script=[*SCRIPT[:2], scenario.judge()], options={"stt": stt})
    assert (stt.calls, judge.seen) == (0, ["good day"])


async def test_never_means_never() -> None:
    stt, judge = Counting(), Reads(scenario.AgentRole.JUDGE)
    options = {"stt": stt, "transcribe_agent": "never"}
    await play(Peer([spoken("hi")]), judge, script=[*SCRIPT[:2], scenario.judge()], options=options)
    assert (stt.calls, judge.seen) == (0, [""])


async def test_always_replaces_the_text_of_the_adapter() -> None:
    class Lies(Peer):
        async def say(self, pcm: bytes) -> None:
            self.streaming_transcript = "something else"
            await super().say(pcm)

    options = {"stt": OfflineSTT(), "transcribe_agent": "always"}
    result = await play(Lies([spoken("hi")]), script=[*SCRIPT[:2], scenario.succeed()], options=options)
    assert dialogue(result)[1] == ("assistant", "hi")
    assert segments(result, "agent")[0].transcript == "hi"


async def test_an_interrupted_turn_is_transcribed_and_marked() -> None:
    judge = Reads(scenario.AgentRole.JUDGE)
    peer = Peer([spoken("one two three four five six seven")], turn_end="explicit")
    script = [
        scenario.user("hello"), scenario.agent(wait=False), scenario.sleep(2.0), scenario.user("stop"),
        scenario.judge(),
    ]  # fmt: skip
    result = await play(peer, judge, script=script, options={"stt": OfflineSTT()})
    text = dialogue(result)[1][1]
    assert text.startswith("one two")
    assert text.endswith("[interrupted]")


async def test_a_provider_that_fails_costs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(STTProvider):
        async def transcribe(self, audio: AudioChunk) -> str:
            raise RuntimeError("no ears today")

    judge = Reads(scenario.AgentRole.JUDGE)
    script = [*SCRIPT[:2], scenario.judge()]
    result = await play(Peer([spoken("hi")]), judge, script=script, options={"stt": Broken()})
    assert result.success
    assert "no ears today" in caplog.text


async def test_the_global_provider_serves_without_one_of_the_run() -> None:
    from scenario.voice import get_stt_provider, set_stt_provider

    before, judge = get_stt_provider(), Reads(scenario.AgentRole.JUDGE)
    set_stt_provider(OfflineSTT())
    try:
        await play(Peer([spoken("hi")]), judge, script=[*SCRIPT[:2], scenario.judge()])
    finally:
        set_stt_provider(before)
    assert judge.seen == ["hi"]
