"""`transcribe`, the global provider and `transcribe_segments` (spec: voice 10)."""

from __future__ import annotations

import asyncio
import logging

import pytest

from scenario.voice import (
    AudioChunk,
    AudioSegment,
    OpenAISTTProvider,
    STTProvider,
    VoiceRecording,
    get_stt_provider,
    set_stt_provider,
    transcribe,
    transcribe_segments,
)
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS


def segment(text: str, transcript: str | None = None) -> AudioSegment:
    chunk = OfflineTTS().speak(text, "ann")
    return AudioSegment("user", 0.0, chunk.duration_seconds, chunk.data, transcript)


class Broken(STTProvider):
    async def transcribe(self, audio: AudioChunk) -> str:
        text = OfflineSTT().hear(audio.data)
        if "bad" in text:
            raise ConnectionError("no network")
        return text


def test_a_provider_has_to_transcribe():
    with pytest.raises(TypeError, match="abstract"):
        STTProvider()


def test_the_default_is_made_at_first_use_and_can_be_replaced():
    assert isinstance(get_stt_provider(), OpenAISTTProvider)
    assert get_stt_provider() is get_stt_provider()
    provider = OfflineSTT()
    set_stt_provider(provider)
    assert get_stt_provider() is provider
    with pytest.raises(TypeError, match="STTProvider"):
        set_stt_provider("openai")


async def test_a_transcript_that_is_there_is_not_asked_for():
    set_stt_provider(OfflineSTT())
    audio = OfflineTTS().speak("heard", "ann").data
    assert await transcribe(AudioChunk(audio, transcript="written")) == "written"
    assert await transcribe(AudioChunk(audio, transcript="")) == "heard"
    assert await transcribe(AudioChunk(audio)) == "heard"


async def test_missing_transcripts_are_filled_in():
    empty = AudioSegment("agent", 1.0, 1.0, b"")
    recording = VoiceRecording(segments=[segment("one"), segment("two", "written"), empty])
    await transcribe_segments(recording, OfflineSTT())
    assert [one.transcript for one in recording.segments] == ["one", "written", None]


async def test_all_are_redone_when_asked():
    recording = VoiceRecording(segments=[segment("one", "written")])
    set_stt_provider(OfflineSTT())
    await transcribe_segments(recording, only_missing=False)
    assert recording.segments[0].transcript == "one"


async def test_a_segment_that_fails_is_one_warning_and_the_others_go_on(caplog):
    caplog.set_level(logging.WARNING)
    recording = VoiceRecording(segments=[segment("one"), segment("bad", "old"), segment("three")])
    await transcribe_segments(recording, Broken(), only_missing=False)
    assert [one.transcript for one in recording.segments] == ["one", None, "three"]
    assert [record.getMessage() for record in caplog.records] == [
        "the segment of the user at 0.000 s is not transcribed: no network"
    ]


async def test_at_most_eight_are_asked_at_once():
    at_once = most = 0

    class Slow(STTProvider):
        async def transcribe(self, audio: AudioChunk) -> str:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1
            return "x"

    await transcribe_segments(VoiceRecording(segments=[segment("a") for _ in range(20)]), Slow())
    assert most == 8
