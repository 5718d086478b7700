"""Recordings as the user's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import scenario
from scenario.voice import AudioChunk, create_audio_message, message_has_audio
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from scenario.voice.testing.offline_speech import OfflineSTT
from tests.voice_run.plays import dialogue, heard, play, segments, spoken

if TYPE_CHECKING:
    from pathlib import Path

SAID = spoken("where is my order")


async def test_a_recording_is_a_turn_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    path.write_bytes(write_wav(SAID))
    agent = LoopbackVoiceAgent(["on its way"])
    result = await play(agent, script=[scenario.audio(path), scenario.agent(), scenario.succeed()])
    user, _ = segments(result)
    assert message_has_audio(result.messages[0])
    assert user.duration == pytest.approx(len(SAID) / 48_000, abs=0.001)
    assert heard(user.audio) == heard(agent.heard[0]) == "where is my order"
    assert len(result.latency.measurements) == 1


async def test_it_uses_the_users_slot() -> None:
    turns: list[int] = []
    script = [
        scenario.audio(write_wav(SAID)), scenario.agent(), scenario.audio(write_wav(SAID)),
        lambda state: turns.append(state.current_turn), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    await play(LoopbackVoiceAgent(["yes", "no"]), script=script)
    assert turns == [1]


async def test_its_transcript_can_be_given() -> None:
    script = [scenario.audio(write_wav(SAID), transcript="Where?"), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["here"]), script=script)
    assert dialogue(result)[0] == ("user", "Where?")
    assert segments(result)[0].transcript == "Where?"


async def test_it_is_transcribed_before_somebody_reads_it() -> None:
    seen: list[str] = []

    class Reader(scenario.AgentAdapter):
        role = scenario.AgentRole.JUDGE

        async def call(self, input: scenario.AgentInput) -> scenario.ScenarioResult:
            seen.append(str(input.messages[0]["content"][0].get("text")))
            return scenario.ScenarioResult(success=True, messages=[])

    script = [scenario.audio(write_wav(SAID)), scenario.agent(), scenario.judge()]
    options = {"stt": OfflineSTT()}
    result = await play(LoopbackVoiceAgent(["here"]), Reader(), script=script, options=options)
    assert seen == ["where is my order"]
    assert segments(result)[0].transcript == "where is my order"


async def test_a_message_with_audio_is_spoken_too() -> None:
    agent = LoopbackVoiceAgent(["here"])
    message = create_audio_message(AudioChunk(SAID, transcript="where is it"))
    result = await play(agent, script=[scenario.user(message), scenario.agent(), scenario.succeed()])
    assert heard(agent.heard[0]) == "where is my order"
    assert segments(result)[0].transcript == "where is it"


async def test_what_cannot_be_played_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="URL"):
        scenario.audio("https://example.com/a.wav")
    missing = tmp_path / "missing.wav"
    with pytest.raises(FileNotFoundError, match=r"missing\.wav"):
        await play(LoopbackVoiceAgent([]), script=[scenario.audio(missing)])
    with pytest.raises(ValueError, match=r"."):
        await play(LoopbackVoiceAgent([]), script=[scenario.audio(b"no audio at all")])


@pytest.mark.parametrize("transcribe", ["auto", "never"])
async def test_a_message_with_broken_audio_is_named_by_its_place(transcribe: str) -> None:
    broken = create_audio_message(AudioChunk(SAID, transcript="where is it"))
    broken["content"][1]["input_audio"]["data"] = "no base64!"
    script = [scenario.user("hi"), scenario.agent(), scenario.user(broken), scenario.agent()]
    with pytest.raises(Exception, match="message 2, part 1"):
        await play(LoopbackVoiceAgent(["a", "b"]), script=script, options={"transcribe_agent": transcribe})
