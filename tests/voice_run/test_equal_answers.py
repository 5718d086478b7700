"""An agent may say the same again: its words belong to each of its turns."""

from __future__ import annotations

import scenario
from scenario.voice import AudioChunk
from scenario.voice.testing import LoopbackVoiceAgent, OfflineTTS
from tests.voice_run.plays import play

ASKED_TWICE = [scenario.user("one"), scenario.agent(), scenario.user("two"), scenario.agent()]


def said(result: scenario.ScenarioResult) -> list[str | None]:
    return [segment.transcript for segment in result.audio.segments if segment.speaker == "agent"]


async def test_streamed_words_of_equal_turns_are_told_apart():
    result = await play(LoopbackVoiceAgent(["no", "no"]), script=ASKED_TWICE)
    assert said(result) == ["no", "no"]


async def test_final_words_of_equal_turns_are_told_apart():
    class Final(LoopbackVoiceAgent):
        """Tells only its final words, each time in the same object."""

        async def recv_audio(self, timeout: float) -> AudioChunk:
            chunk = await super().recv_audio(timeout)
            self.streaming_transcript = ""
            if not chunk.data:
                self.last_agent_transcript = "okay"
            return chunk

    speech = OfflineTTS().speak("okay", "agent")
    wordless = AudioChunk(speech.data)
    result = await play(Final([wordless, wordless], burst=True), script=ASKED_TWICE)
    assert said(result) == ["okay", "okay"]
