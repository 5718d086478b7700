"""One turn of the user is one turn, and one answer has one end."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from scenario.voice import AudioChunk, VoiceTransportError
from tests.transports.contract.agent import tone
from tests.transports.gemini.talking import (
    hear,
    listened,
    model_at,
    nothing_more,
    say,
    spoken,
    understand,
    until,
)
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, GENERATED, INTERRUPTED, gemini_server


async def answered(*frames: str):
    """A server that answers the first turn of the user with `frames`, as fast as it can."""

    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(*frames)

    return behave


async def test_a_turn_of_many_chunks_is_one_activity_with_pieces_of_at_most_a_second():
    async with gemini_server() as server, model_at(server) as adapter:
        await say(adapter, *[AudioChunk(tone(440, 0.7))] * 4)
        await until(lambda: "realtimeInput.activityEnd" in server.caller.kinds())
        kinds = server.caller.kinds()
        assert kinds[0] == "realtimeInput.activityStart"
        assert kinds[-1] == "realtimeInput.activityEnd"
        assert set(kinds[1:-1]) == {"realtimeInput.audio"}
        assert len(server.caller.audio()) / 32_000 == pytest.approx(2.8, abs=0.01)
        assert server.check_sent() == len(kinds)


async def test_a_chunk_of_ten_seconds_is_cut_into_pieces_of_a_second():
    async with gemini_server() as server, model_at(server) as adapter:
        await say(adapter, AudioChunk(tone(440, 10)))
        await until(lambda: "realtimeInput.activityEnd" in server.caller.kinds())
        assert server.caller.kinds().count("realtimeInput.audio") >= 10


async def test_what_16_khz_cannot_carry_is_filtered_out_and_does_not_come_back_as_another_tone():
    async with gemini_server() as server, model_at(server) as adapter:
        await say(adapter, AudioChunk(tone(10_000, 1.0)), AudioChunk(tone(1_000, 1.0)))
        await until(lambda: "realtimeInput.activityEnd" in server.caller.kinds())
        samples = np.frombuffer(server.caller.audio(), "<i2").astype(float)
    high, low = samples[2_000:14_000], samples[18_000:30_000]
    expected = 10 ** (-12 / 20) * 32_767  # the level of the tones
    assert np.sqrt(np.mean(high**2)) < expected / 1_000
    spectrum = np.abs(np.fft.rfft(low))
    assert np.argmax(spectrum) * 16_000 / len(low) == pytest.approx(1_000, abs=2)
    assert np.sqrt(np.mean(low**2)) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("binary", [False, True])
async def test_a_burst_arrives_whole_in_text_and_in_binary_frames(binary):
    audio = spoken("this comes faster than anyone could speak it")
    pieces = [gemini.speech(audio[at : at + 4_001]) for at in range(0, len(audio), 4_001)]
    behave = await answered(*pieces, gemini.words("this comes"), gemini.words(" faster"), COMPLETE)
    async with gemini_server(behave, binary=binary) as server, model_at(server) as adapter:
        await say(adapter)
        assert await hear(adapter) == audio
        assert adapter.last_agent_transcript == adapter.streaming_transcript == "this comes faster"


async def test_audio_in_the_frame_that_completes_the_turn_belongs_to_it():
    audio = spoken("one two")
    frames = gemini.speech(audio[:20_000]), gemini.speech(audio[20_000:], turn_complete=True)
    async with gemini_server(await answered(*frames)) as server, model_at(server) as adapter:
        await say(adapter)
        assert await hear(adapter) == audio
        assert await nothing_more(adapter)


async def test_audio_of_another_rate_is_converted_and_other_encodings_are_refused():
    halves = gemini.speech(tone(500, 1.0)[::], "audio/pcm;rate=48000"), gemini.speech(b"OggS", "audio/ogg")
    async with gemini_server(await answered(*halves, COMPLETE)) as server, model_at(server) as adapter:
        await say(adapter)
        with pytest.raises(VoiceTransportError, match="audio/ogg") as refused:
            await hear(adapter)
        assert refused.value.fault == "codec"


async def test_a_rate_that_is_stated_counts():
    async with (
        gemini_server(
            await answered(gemini.speech(tone(500, 1.0), "audio/pcm;rate=48000"), COMPLETE)
        ) as server,
        model_at(server) as adapter,
    ):
        await say(adapter)
        assert len(await hear(adapter)) == pytest.approx(24_000, abs=2)


async def test_text_may_come_until_the_turn_is_complete():
    frames = (
        gemini.speech(tone(500, 0.2)),
        gemini.words("the first"),
        GENERATED,
        gemini.words(" and the rest"),
    )
    async with gemini_server(await answered(*frames, COMPLETE)) as server, model_at(server) as adapter:
        await say(adapter)
        await hear(adapter)
        assert adapter.last_agent_transcript == "the first and the rest"


async def test_without_completion_the_turn_ends_a_second_after_its_generation_and_a_later_end_is_ignored():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("yes")), GENERATED)
        await asyncio.sleep(1.5)
        await caller.say(gemini.words(" yes"), COMPLETE)
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("no")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        began = asyncio.get_running_loop().time()
        assert await understand(adapter) == "yes"
        assert asyncio.get_running_loop().time() - began == pytest.approx(1.0, abs=0.4)
        assert await nothing_more(adapter, 1.0)
        await say(adapter)
        assert await understand(adapter) == "no"
        assert await nothing_more(adapter)


async def test_a_pair_of_interruption_and_end_without_content_belongs_to_the_turn_before():
    async def behave(caller):
        for text in ("first", "second"):
            await caller.next("realtimeInput.activityStart")
            if text == "second":
                await caller.say(INTERRUPTED, COMPLETE)
            await caller.next("realtimeInput.activityEnd")
            await asyncio.sleep(0.3)
            await caller.say(gemini.speech(spoken(text)), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        for text in ("first", "second"):
            await say(adapter)
            assert await understand(adapter) == text
        assert await nothing_more(adapter)


async def test_a_model_that_goes_on_by_itself_has_not_ended_its_turn():
    from google.genai.types import InteractionStatus

    frames = (
        gemini.speech(spoken("a moment")),
        gemini.content(turn_complete=True, interaction_status=InteractionStatus.IN_PROGRESS),
        gemini.speech(spoken("here it is")),
        gemini.content(turn_complete=True, interaction_status=InteractionStatus.IDLE),
    )
    async with gemini_server(await answered(*frames)) as server, model_at(server) as adapter:
        await say(adapter)
        assert await hear(adapter) == spoken("a moment") + spoken("here it is")


async def test_an_answer_of_nothing_is_a_turn_and_an_unusual_reason_is_on_the_timeline():
    from google.genai.types import TurnCompleteReason

    refused = gemini.content(turn_complete=True, turn_complete_reason=TurnCompleteReason.RESPONSE_REJECTED)
    async with gemini_server(await answered(refused)) as server, model_at(server) as adapter:
        line = listened(adapter)
        await say(adapter)
        assert await hear(adapter) == b""
    (notice,) = line.notices
    assert notice[0] == "transport_error"
    assert "RESPONSE_REJECTED" in notice[1]["error"]


async def test_the_users_words_are_gathered_turn_by_turn():
    async def behave(caller):
        for words in (("good", " morning"), ("bye",)):
            await caller.next("realtimeInput.activityEnd")
            await caller.say(*map(gemini.user_words, words), gemini.speech(spoken("yes")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        heard = []
        for _ in range(2):
            await say(adapter)
            await hear(adapter)
            heard.append(adapter.last_user_transcript)
    assert heard == ["good morning", "bye"]


@pytest.mark.parametrize(
    ("model", "kinds"),
    [
        ("gemini-2.5-flash-native-audio-latest", ["clientContent"]),
        (
            "gemini-3.1-flash-live-preview",
            ["realtimeInput.activityStart", "realtimeInput.text", "realtimeInput.activityEnd"],
        ),
    ],
)
async def test_the_agent_is_asked_to_speak_first_in_the_way_its_model_takes(model, kinds):
    async def behave(caller):
        await caller.next("clientContent" if "2.5" in model else "realtimeInput.text")
        await caller.say(gemini.speech(spoken("welcome")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server, model=model) as adapter:
        await adapter.notify_agent_turn()
        assert await understand(adapter) == "welcome"
        await until(lambda: server.caller.kinds() == kinds)
        server.check_sent()
