"""What bots tell beside their audio."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import TTSStoppedFrame
from pipecat.processors.frameworks.rtvi import models

from scenario.voice.adapters._pipecat.rtvi import Rtvi
from tests.transports.bare import BareAdapter
from tests.transports.contract.agent import tone
from tests.transports.pipecat.conftest import Line


@pytest.fixture
def adapter():
    adapter = BareAdapter()
    adapter._scenario_line = Line()
    return adapter


@pytest.fixture
def rtvi(adapter):
    return Rtvi(adapter, adapter.line.drop_unplayed)


def text(kind, words, **more):
    return {"label": "rtvi-ai", "type": kind, "data": {"text": words, **more}}


def signal(kind):
    return {"label": "rtvi-ai", "type": kind}


@pytest.mark.parametrize("kind", ["protobuf", "webrtc"])
async def test_a_real_bot_is_ready_and_tells_what_it_says(kind):
    from tests.transports.pipecat.conftest import talking

    async with talking(kind) as talk:
        for _ in range(100):
            if talk.adapter.capabilities.native_vad:
                break
            await asyncio.sleep(0.05)
        assert talk.adapter.capabilities.streaming_transcripts
        for word in ("good", "morning"):
            await talk.bot.say(tone(440, 0.3), word)
        await talk.bot.push_frame(TTSStoppedFrame())  # without it a bot waits 3 s for more
        edges: list[str] = []
        for _ in range(100):
            if edges == ["start", "end"]:
                break
            await asyncio.sleep(0.05)
            edges = [notice["edge"] for kind, notice in talk.line.notices if kind == "transport_speech"]
        assert edges == ["start", "end"]
        assert talk.adapter.streaming_transcript == "good morning"


def test_the_first_kind_of_text_is_used_and_no_other(rtvi, adapter):
    rtvi.hear(text("bot-output", "never spoken", spoken=False))
    rtvi.hear(text("bot-tts-text", "good"))
    rtvi.hear(text("bot-output", "good morning", spoken=True))
    rtvi.hear(text("bot-transcription", "Good morning."))
    rtvi.hear(text("bot-tts-text", " morning"))
    assert adapter.streaming_transcript == "good morning"


def test_text_begins_anew_when_the_user_has_spoken(rtvi, adapter):
    rtvi.hear(text("bot-tts-text", "one"))
    rtvi.user_turn_begins()
    rtvi.user_turn_ends()
    assert adapter.streaming_transcript == "one"
    rtvi.hear(signal("bot-stopped-speaking"))
    rtvi.hear(text("bot-tts-text", "two"))
    rtvi.hear(signal("bot-started-speaking"))
    rtvi.hear(text("bot-tts-text", "three"))
    assert adapter.streaming_transcript == "two three"


def test_what_the_bot_still_says_while_it_is_spoken_over_belongs_to_the_old_turn(rtvi, adapter):
    rtvi.hear(signal("bot-started-speaking"))
    rtvi.hear(text("bot-tts-text", "one"))
    rtvi.user_turn_begins()
    rtvi.hear(text("bot-tts-text", "two"))
    assert adapter.streaming_transcript == "one two"


def test_what_was_understood_of_the_user_is_kept_when_it_is_final(rtvi, adapter):
    rtvi.hear(text("user-transcription", "hel", final=False))
    assert adapter.last_user_transcript is None
    rtvi.hear(text("user-transcription", "hello", final=True))
    assert adapter.last_user_transcript == "hello"


def test_tool_calls_stops_and_errors_reach_the_run(rtvi, adapter):
    call = models.LLMFunctionCallInProgressMessageData(
        tool_call_id="c1", function_name="book", arguments={"beds": 2}
    )
    rtvi.hear(models.LLMFunctionCallInProgressMessage(data=call).model_dump())
    secret = models.LLMFunctionCallInProgressMessageData(tool_call_id="c2")
    rtvi.hear(models.LLMFunctionCallInProgressMessage(data=secret).model_dump())
    rtvi.hear(models.BotInterruptedMessage().model_dump())
    rtvi.hear({"label": "rtvi-ai", "type": "error", "data": {"error": "no model", "fatal": True}})
    assert adapter.line.tools == [("book", '{"beds": 2}', "c1")]
    assert adapter.line.dropped == 1
    assert adapter.line.notices == [("transport_error", {"adapter": "BareAdapter", "error": "no model"})]


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "ping",
        {"type": "bot-tts-text"},
        {"label": "rtvi-ai", "type": 7},
        {"label": "rtvi-ai", "type": "bot-tts-text", "data": []},
        text("bot-tts-text", None),
        text("bot-llm-text", "a"),
    ],
)
def test_nonsense_does_no_harm(rtvi, adapter, message):
    rtvi.hear(message)
    assert adapter.streaming_transcript == ""
    assert adapter.line.notices == []
