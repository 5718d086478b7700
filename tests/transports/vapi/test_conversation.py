"""What goes on in a call: audio, texts, ends of turns, interruptions and tools."""

from __future__ import annotations

import asyncio
import itertools
import statistics

import pytest

from scenario.voice import AudioChunk, VoiceTransportError
from scenario.voice.testing.assertions import assert_tone
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener, speak
from tests.transports.vapi.calling import calling

_SPEECH = tone(440, 0.5)


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("rate", [8000, 16_000, 24_000, 44_100, 48_000])
async def test_an_echo_is_heard_as_it_was_spoken_at_any_rate(rate):
    async def echo(call) -> None:
        async for pcm in call.heard():
            await call.say(pcm)

    async with calling(echo, sample_rate=rate) as (adapter, call, _), Listener(adapter) as listener:
        await speak(adapter, "say it again")
        await listener.until_text("say it again")
    assert set(call.frames) == {rate // 50 * 2}


async def test_audio_flows_in_real_time_for_the_whole_call_whoever_speaks():
    async with calling() as (adapter, call, _):
        await asyncio.sleep(0.3)
        await adapter.send_audio(AudioChunk(tone(440, 1.0)))
        await asyncio.sleep(0.3)
        times = list(call.times)
    assert len(times) - 1 == pytest.approx((times[-1] - times[0]) / 0.02, abs=5)
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert statistics.median(gaps) == pytest.approx(0.02, abs=0.01)


async def test_frames_that_end_within_samples_do_no_harm():
    async with calling(sample_rate=24_000) as (adapter, call, _), Listener(adapter) as listener:
        for start, end in ((0, 1), (1, 2), (2, 4001), (4001, len(_SPEECH))):
            await call.connection.send(_SPEECH[start:end])
        await until(lambda: len(listener.audio) == len(_SPEECH))
        assert bytes(listener.audio) == _SPEECH


async def test_silence_ends_turns_until_the_peer_says_when_it_speaks():
    async with calling() as (adapter, call, _), Listener(adapter) as listener:
        assert adapter.turn_end == "vad"
        await call.say(_SPEECH)
        await asyncio.sleep(0.1)
        assert (adapter.turn_end, listener.turn_ends) == ("vad", 0)
        await call.speaking("assistant", begins=True)
        await call.say(_SPEECH)
        await call.speaking("assistant", begins=False)
        await until(lambda: listener.turn_ends == 1)
        assert adapter.turn_end == "explicit"
        await call.speaking("assistant", begins=False)
        await call.say(bytes(9600))
        await asyncio.sleep(0.1)
        assert listener.turn_ends == 1, "neither silence nor another report is a turn"


@pytest.mark.parametrize("wraps", [False, True])
async def test_transcripts_partial_and_final_wrapped_or_not(wraps):
    async with calling() as (adapter, call, _):
        call.wraps = wraps
        await call.transcript("user", "what", final=False)
        await call.transcript("user", "what time", final=True)
        await call.transcript("user", "is it", final=True)
        await call.speaking("assistant", begins=True)
        await call.transcript("assistant", "It is", final=False)
        await until(lambda: adapter.streaming_transcript == "It is")
        assert adapter.last_agent_transcript is None
        await call.transcript("assistant", "It is noon.", final=True)
        await call.transcript("assistant", "Any", final=False)
        await until(lambda: adapter.streaming_transcript == "It is noon. Any")
        assert adapter.last_agent_transcript == "It is noon."
        await call.tell('transcript[transcriptType="final"]', role="assistant", transcript="Anything else?",
                        transcriptType="final")  # fmt: skip
        await until(lambda: adapter.last_agent_transcript == "It is noon. Anything else?")
        assert adapter.last_user_transcript == "what time is it"
        await call.speaking("assistant", begins=False)
        await call.speaking("assistant", begins=True)
        await call.transcript("assistant", "Bye.", final=True)
        await until(lambda: adapter.last_agent_transcript == "Bye.")


async def test_what_the_model_writes_is_text_until_it_has_been_spoken():
    async with calling() as (adapter, call, _):
        for word in ("Good ", "day, ", "madam"):
            await call.tell("model-output", output=word)
        await until(lambda: adapter.streaming_transcript == "Good day, madam")
        await call.speaking("assistant", begins=True)
        await call.transcript("assistant", "Good day", final=True)
        await until(lambda: adapter.streaming_transcript == "Good day")
        await call.tell("model-output", output=" and more")
        await call.speaking("assistant", begins=False)
        await call.tell("model-output", output="Next")
        await call.speaking("assistant", begins=True)
        await call.transcript("assistant", "Next", final=False)
        await until(lambda: adapter.streaming_transcript == "Next")


async def test_an_interruption_ends_the_turn_and_drops_what_was_not_played():
    async with calling(sample_rate=24_000) as (adapter, call, _):
        await call.speaking("assistant", begins=True)
        await call.say(_SPEECH)
        await call.tell("user-interrupted")
        await call.speaking("assistant", begins=False)
        assert (await adapter.recv_audio(5)).data == b""
        assert adapter.line.drops == 1
        with pytest.raises(TimeoutError):
            await adapter.recv_audio(0.2)
        await call.speaking("assistant", begins=True)
        await call.say(_SPEECH)
        await call.speaking("assistant", begins=False)
        assert [(await adapter.recv_audio(5)).data for _ in range(2)] == [_SPEECH, b""]


async def test_reports_of_the_user_s_speech_and_delays_are_on_the_timeline():
    async with calling() as (adapter, call, _):
        await call.speaking("user", begins=True)
        await call.speaking("user", begins=False)
        await call.tell("hang")
        await until(lambda: len(adapter.line.notices) == 3)
        assert adapter.line.notices[:2] == [
            ("transport_speech", {"source": "transport", "edge": "start"}),
            ("transport_speech", {"source": "transport", "edge": "end"}),
        ]
        assert adapter.line.notices[2][0] == "transport_message"
        assert adapter.turn_end == "vad", "they say nothing about the assistant"


async def test_tool_calls_are_told_to_the_run():
    async with calling() as (adapter, call, _):
        await call.tell(
            "tool-calls",
            toolCallList=[
                {"id": "1", "type": "function", "function": {"name": "a", "arguments": '{"x": 1}'}},
                {"id": "2", "type": "function", "function": {"name": "b", "arguments": {"y": 2}}},
            ],
        )
        await until(lambda: len(adapter.line.tools) == 2)
        assert adapter.line.tools == [("a", '{"x": 1}', "1"), ("b", '{"y": 2}', "2")]


async def test_messages_that_mean_nothing_here_are_left_alone_and_said_once(caplog):
    caplog.set_level("DEBUG", "scenario.voice")
    async with calling(sample_rate=24_000) as (adapter, call, _):
        for type in (
            "assistant.started",
            "conversation-update",
            "status-update",
            "speech-update",
            "transcript",
        ):
            await call.tell(type, status=7, role=None, transcript=None)
        for text in ('{"message": "hello"}', '{"type": "assistant.started"}'):
            await call.connection.send(text)
        await call.say(_SPEECH)
        assert (await adapter.recv_audio(5)).data == _SPEECH
    for kind in ("assistant.started", "conversation-update", ""):
        assert caplog.text.count(f"VapiAgentAdapter: ignored messages {kind!r} of the peer") == 1


async def test_text_that_is_no_json_ends_the_connection_and_the_call():
    async with calling() as (adapter, call, _):
        await call.connection.send("[]")
        with pytest.raises(VoiceTransportError) as caught:
            await adapter.recv_audio(5)
        assert caught.value.fault == "protocol"
    assert call.ended_by == "control"


async def test_a_scripted_conversation_with_an_assistant_that_speaks_first():
    async def assistant(call) -> None:
        await call.speaking("assistant", begins=True)
        await call.say(OfflineTTS().speak("welcome", "agent").data)
        await call.say(tone(660, 0.3))
        await call.speaking("assistant", begins=False)
        async for _ in call.heard():
            pass

    async with calling(assistant, sample_rate=24_000) as (adapter, _, _), Listener(adapter) as listener:
        await until(lambda: listener.turn_ends == 1)
    assert_tone(bytes(listener.audio[-14_000:]), 660)
    assert OfflineSTT().hear(bytes(listener.audio[:-14_400])) == "welcome"
