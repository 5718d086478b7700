"""Turns that the server hears for itself: the user's voice is a stream in real time."""

from __future__ import annotations

import asyncio

import pytest
from google.genai.types import VoiceActivity, VoiceActivityType

import scenario
from scenario.voice import AudioChunk
from tests.transports.contract.agent import tone
from tests.transports.gemini.talking import listened, model_at, run, spoken, until
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, GENERATED, gemini_server

FRAME = 640
"""20 ms of PCM16 at 16,000 Hz."""


async def test_audio_leaves_in_real_time_then_a_second_of_silence_then_the_end_of_the_stream():
    async with gemini_server() as server, model_at(server, activity="auto") as adapter:
        began = asyncio.get_running_loop().time()
        await adapter.begin_user_turn()
        await adapter.send_audio(AudioChunk(tone(440, 1.0)))
        await adapter.end_user_turn()
        assert asyncio.get_running_loop().time() - began == pytest.approx(1.0, abs=0.4)
        await until(lambda: "realtimeInput.audioStreamEnd" in server.caller.kinds())
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0, abs=0.5)
        await asyncio.sleep(0.5)
        kinds = server.caller.kinds()
        audio = server.caller.audio()
        server.check_sent()
    assert kinds == ["realtimeInput.audio"] * (len(kinds) - 1) + ["realtimeInput.audioStreamEnd"]
    assert len(audio) == FRAME * (len(kinds) - 1)
    assert len(audio) / 32_000 == pytest.approx(2.0, abs=0.1)
    assert not any(audio[-31_000:])


async def test_the_stream_opens_again_with_the_next_word_and_says_nothing_before_the_first():
    async with gemini_server() as server, model_at(server, activity="auto") as adapter:
        await asyncio.sleep(0.3)
        assert server.caller.frames == []
        for count in (1, 2):
            await adapter.begin_user_turn()
            await adapter.send_audio(AudioChunk(tone(440, 0.2)))
            await adapter.end_user_turn()
            await until(lambda n=count: server.caller.kinds().count("realtimeInput.audioStreamEnd") == n)


async def test_what_the_server_hears_is_on_the_timeline_and_is_a_capability_once_it_tells():
    told = asyncio.Event()
    kinds = ("ACTIVITY_START", "ACTIVITY_END")

    async def behave(caller):
        await told.wait()
        for kind in kinds:
            await caller.say(gemini.heard(kind))
            by_type = VoiceActivity(voice_activity_type=VoiceActivityType(kind))
            await caller.say(gemini.frame(voice_activity=by_type))  # the names of the SDK's own type

    async with gemini_server(behave) as server:
        adapter = model_at(server, activity="auto")
        line = listened(adapter)
        async with adapter:
            assert not adapter.capabilities.native_vad
            told.set()
            await until(lambda: len(line.notices) == 4)
            assert adapter.capabilities.native_vad
        told.clear()
        await adapter.connect()
        assert not adapter.capabilities.native_vad, "another connection, another truth"
        await adapter.disconnect()
    assert [kind for kind, _ in line.notices[:4]] == ["transport_speech"] * 4
    assert [metadata["edge"] for _, metadata in line.notices[:4]] == ["start", "start", "end", "end"]


async def test_the_two_modes_tell_the_truth_about_themselves():
    async with gemini_server() as server:
        by_hand, by_ear = model_at(server), model_at(server, activity="auto")
    assert (by_hand.paced, by_hand.continuous) == (False, False)
    assert (by_ear.paced, by_ear.continuous) == (True, True)
    assert by_hand.waits_for_turn_end
    assert by_hand.supports_virtual_clock
    assert not by_ear.waits_for_turn_end
    assert not by_ear.supports_virtual_clock
    assert (by_hand.capabilities.interruption, by_ear.capabilities.interruption) == (True, False)
    assert type(by_ear).capabilities.native_vad


async def test_a_run_is_spoken_to_and_interrupted_by_speech_alone():
    async def behave(caller):
        await caller.next("realtimeInput.audio", 10)
        await asyncio.sleep(1.0)
        await caller.say(gemini.speech(spoken("this is a long answer that nobody wants to hear to its end")))
        await caller.say(
            gemini.words("this is a long answer that nobody wants to hear to its end"), GENERATED
        )
        await caller.next("realtimeInput.audioStreamEnd", 10)
        await caller.next("realtimeInput.audio", 10)
        await asyncio.sleep(0.2)
        await caller.say(gemini.INTERRUPTED, COMPLETE)
        await caller.next("realtimeInput.audioStreamEnd", 10)
        await caller.say(gemini.speech(spoken("fine")), gemini.words("fine"), GENERATED, COMPLETE)

    async with gemini_server(behave) as server:
        script = [
            scenario.user("tell me"),
            scenario.agent(wait=False),
            scenario.sleep(2.5),
            scenario.user("stop"),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run(model_at(server, activity="auto"), script)
        server.check_sent()
        assert not {"realtimeInput.activityStart", "realtimeInput.activityEnd"} & set(server.caller.kinds())
    (cut,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert cut.metadata["native"] is False
    assert cut.metadata["stopped_after"] <= 1.0
    partial, clean = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert partial.transcript_truncated
    assert clean.transcript == "fine"
