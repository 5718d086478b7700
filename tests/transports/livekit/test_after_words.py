"""Interrupting after so many words: with an agent that sends its words, and with one that does not."""

from __future__ import annotations

import pytest

import scenario
from scenario.voice import UnsupportedCapabilityError
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.running import run
from tests.transports.rigs.livekit import LiveKitRig

_LONG = Say(" ".join(["one two three four five six seven eight nine ten"] * 3))


def chain(error: BaseException | None):
    while error is not None:
        yield error
        error = error.__cause__


async def played(rig: LiveKitRig):
    script = [
        scenario.user("count"),
        scenario.agent(wait=False),
        scenario.interrupt("stop", after_words=5),
        scenario.succeed(),
    ]
    async with rig.peer(Plan(answers=[_LONG])) as peer:
        return await run(peer, peer.adapter(), script)


async def test_words_are_counted_when_they_come():
    result = await played(LiveKitRig("talkative", talkative=True))
    (interruption,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert interruption.metadata["outcome"] == "fired_after_speech"
    (text, *_) = [
        part["text"]
        for message in result.messages
        if message["role"] == "assistant"
        for part in message["content"]
        if part["type"] == "text"
    ]
    assert 5 <= len(text.removesuffix(" [interrupted]").split()) <= 12


async def test_three_seconds_of_speech_without_a_word_are_an_error():
    with pytest.raises(Exception, match="streaming_transcripts") as caught:
        await played(LiveKitRig("plain", talkative=False))
    assert any(isinstance(error, UnsupportedCapabilityError) for error in chain(caught.value))
