"""Whatever the server sends, and in whatever order: it is read, and every utterance has one end."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._gemini.incoming import FrameError, ServerFrame, read_frame
from scenario.voice.adapters._gemini.responses import Responses
from tests.transports.bare import BareAdapter

KEYS = st.sampled_from(
    [
        *(
            "setupComplete",
            "serverContent",
            "toolCall",
            "toolCallCancellation",
            "goAway",
            "modelTurn",
            "parts",
        ),
        *("sessionResumptionUpdate", "inlineData", "data", "mimeType", "outputTranscription", "text", "ids"),
        *("functionCalls", "args", "timeLeft", "resumable", "newHandle", "turnComplete", "interactionStatus"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.just("QUJD"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused_with_a_reason(value):
    try:
        read = read_frame(json.dumps(value))
    except FrameError:
        return
    assert isinstance(read, ServerFrame)


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_anything_that_is_no_json_is_refused(frame):
    try:
        read_frame(frame)
    except FrameError:
        return
    json.loads(frame)


STEPS = st.sampled_from(["expect", "audio", "text", "generated", "complete", "interrupted", "stop", "pause"])


@given(st.lists(STEPS, max_size=30))
def test_between_two_ends_there_is_audio_or_a_request_and_nothing_stays_open(steps):
    async def play() -> None:
        adapter = BareAdapter()
        inbox = Inbox(adapter)
        responses = Responses(adapter, inbox, lambda: None)
        due = False
        for step in steps:
            before = len(inbox._items)
            match step:
                case "expect":
                    responses.expect()
                case "audio":
                    responses.audio(b"\1\0" * 4, 24_000)
                case "text":
                    responses.text("a")
                case "generated":
                    responses.all_audio_came()
                case _:
                    getattr(responses, step)()
            due = due or step in ("expect", "audio", "text")
            new = list(inbox._items)[before:] if len(inbox._items) >= before else []
            if any(not item.data for item in new):
                assert due
                due = False
        for _ in range(3):  # of a stopped response, of a turn that had ended already, and its own
            responses.complete()
        assert responses.is_idle
        responses.close()

    asyncio.run(play())
