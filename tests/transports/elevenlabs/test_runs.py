"""Whole runs: what is heard of answers that come faster than speech, and what is not."""

from __future__ import annotations

import asyncio

import pytest

import scenario
from scenario.voice import ElevenLabsAgentAdapter, VoiceOptions
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.peers.elevenlabs import AGENT, KEY, LoopbackElevenLabs

_ANSWER = "this is a very long answer to a very short question " * 3


class Hasty:
    """An agent that sends an answer at once, and stops it when it is spoken over.

    Args:
        aligns: whether its audio says which words are where.
        completes: whether it says that its answers are complete.
    """

    def __init__(self, *, aligns: bool, completes: bool) -> None:
        self._aligns = aligns
        self._completes = completes
        self.answers = [_ANSWER.strip(), "fine"]
        self._seconds = 0.0

    async def __call__(self, session) -> None:
        detector, event_id, playing_until, due = SpeechDetector(), 0, 0.0, None
        loop = asyncio.get_running_loop()
        async for pcm in session.heard():
            if due is not None and loop.time() >= due:
                event_id, due = event_id + 1, None
                playing_until = loop.time() + await self._say(session, self.answers.pop(0), event_id)
            for edge in detector.push(pcm):
                if edge.kind == "start" and loop.time() < playing_until:
                    await session.interrupt(event_id)
                    correction = {
                        "original_agent_response": _ANSWER,
                        "corrected_agent_response": "this is...",
                    }
                    await session.send(
                        "agent_response_correction", agent_response_correction_event=correction
                    )
                    await session.say(OfflineTTS().speak("too late", "agent").data, event_id)
                if edge.kind == "end" and self.answers:
                    due = loop.time() + 0.4

    async def _say(self, session, text: str, event_id: int) -> float:
        await session.respond(text, event_id)
        chunk = OfflineTTS().speak(text, "agent")
        words = text.split(" ")
        starts = [at * len(chunk.data) // len(words) // 2 * 2 for at in range(len(words) + 1)]
        for at, word in enumerate(words):
            piece = chunk.data[starts[at] : starts[at + 1]]
            await session.say(piece, event_id, f"{' ' if at else ''}{word}" if self._aligns else "")
        if self._completes:
            await session.complete(event_id)
        self._seconds = chunk.duration_seconds
        return self._seconds


async def run(agent: Hasty, script):
    service = LoopbackElevenLabs(agent, output_format="pcm_24000")
    async with service.serving():
        return await scenario.arun(
            name="hasty",
            description="The agent sends faster than it speaks.",
            agents=[
                ElevenLabsAgentAdapter(AGENT, KEY, base_url=service.url),
                scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna"),
            ],
            script=[*script, scenario.succeed()],
            voice=VoiceOptions(stt=OfflineSTT()),
            verbose=False,
        )


def text_of(message) -> str:
    return " ".join(part["text"] for part in message["content"] if part["type"] == "text")


@pytest.mark.parametrize("completes", [True, False])
@pytest.mark.parametrize("aligns", [True, False])
async def test_an_answer_sent_at_once_is_heard_at_the_speed_of_speech_and_cut_where_it_stops(
    aligns, completes
):
    script = [
        scenario.user("tell me"),
        scenario.agent(wait=False),
        scenario.sleep(2.3),
        scenario.user("stop"),
        scenario.agent(),
    ]
    result = await run(Hasty(aligns=aligns, completes=completes), script)
    partial, clean = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert partial.end_time - partial.start_time < 3
    assert partial.transcript_truncated
    heard = OfflineSTT().hear(partial.audio)
    assert _ANSWER.startswith(heard)
    assert OfflineSTT().hear(clean.audio) == "fine", "nothing late, nothing of the first answer"
    first, second = [message for message in result.messages if message["role"] == "assistant"]
    assert text_of(second) == "fine"
    assert text_of(first).endswith("[interrupted]")
    said = text_of(first).removesuffix(" [interrupted]")
    assert _ANSWER.startswith(said.removesuffix("..."))
    assert abs(len(said.split()) - len(heard.split())) <= 2, (said, heard)


async def test_a_turn_lasts_as_long_as_its_audio_although_that_came_at_once():
    agent = Hasty(aligns=True, completes=True)
    agent.answers = ["this takes some seconds to say"]
    length = OfflineTTS().speak(agent.answers[0], "agent").duration_seconds
    result = await run(agent, [scenario.user("hello"), scenario.agent()])
    (segment,) = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert segment.end_time - segment.start_time == pytest.approx(length, abs=0.2)
    assert text_of(result.messages[-1]) == "this takes some seconds to say"
