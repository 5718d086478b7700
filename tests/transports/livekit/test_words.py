"""Who said what: text streams, the events of older agents, and turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models

from scenario.voice import LiveKitAgentAdapter, UnsupportedCapabilityError
from scenario.voice.adapters._livekit.transcript import Transcript
from tests.transports.livekit.conftest import until
from tests.transports.peers.livekit import TRACK_SID, USER_TRACK_SID
from tests.transports.peers.livekit_text import SpokenText, write


@pytest.fixture
async def session(server, adapter):
    """The server's side of the connected adapter."""
    async with adapter:
        yield server.sessions[-1]


async def test_words_grow_while_they_are_spoken_and_become_final(adapter, session):
    stream = SpokenText(session, segment="one", track=TRACK_SID)
    await stream.begin()
    await stream.add("good ")
    await until(lambda: adapter.streaming_transcript == "good")
    await stream.add("morning")
    await until(lambda: adapter.streaming_transcript == "good morning")
    assert adapter.last_agent_transcript is None
    await stream.end(final=True)
    await until(lambda: adapter.last_agent_transcript == "good morning")


async def test_versions_of_one_segment_replace_each_other(adapter, session):
    me = session.claims.identity
    for text, final in (("i want", False), ("i want two", False), ("I want to go.", True)):
        await write(session, text, segment="one", final=final, track=USER_TRACK_SID, identity=me)
    await until(lambda: adapter.last_user_transcript == "I want to go.")
    assert adapter.streaming_transcript == ""


async def test_what_the_user_says_is_told_by_the_track_not_by_who_wrote_it_down(adapter, session):
    await write(session, "hello", segment="one", final=True, track=USER_TRACK_SID, identity="agent")
    await until(lambda: adapter.last_user_transcript == "hello")


async def test_without_a_track_it_is_told_by_the_identity(adapter, session):
    await write(session, "welcome", segment="one", final=True)
    await until(lambda: adapter.last_agent_transcript == "welcome")


async def test_words_of_others_are_nobodys(adapter, session):
    await write(session, "psst", segment="one", final=True, track="TR_other", identity="observer")
    await write(session, "welcome", segment="two", final=True)
    await until(lambda: adapter.last_agent_transcript == "welcome")
    assert adapter.last_user_transcript is None


async def test_segments_of_a_turn_follow_each_other_and_a_new_turn_begins_anew(adapter, session):
    await write(session, "One moment.", segment="one", final=True)
    await write(session, "Here it is.", segment="two", final=True)
    await until(lambda: adapter.last_agent_transcript == "One moment. Here it is.")
    await adapter.begin_user_turn()
    assert adapter.streaming_transcript == "One moment. Here it is."
    await write(session, "You are welcome.", segment="three", final=False)
    await until(lambda: adapter.streaming_transcript == "You are welcome.")


async def test_what_becomes_final_after_its_turn_is_not_taken_for_the_next(adapter, session):
    stream = SpokenText(session, segment="one")
    await stream.begin()
    await stream.add("this goes on and")
    await until(lambda: adapter.streaming_transcript == "this goes on and")
    await adapter.begin_user_turn()
    await stream.add(" on")
    await stream.end(final=True)
    await until(lambda: adapter.streaming_transcript == "this goes on and on")
    assert adapter.last_agent_transcript is None


async def test_words_of_older_agents_are_used_until_a_stream_comes(adapter, session):
    async def old(text: str) -> None:
        segment = models.TranscriptionSegment(id="old", text=text, final=True)
        await session.data(
            transcription=models.Transcription(
                transcribed_participant_identity="agent", track_id=TRACK_SID, segments=[segment]
            )
        )

    await old("from of old")
    await until(lambda: adapter.last_agent_transcript == "from of old")
    await write(session, "new words", segment="new", final=True)
    await until(lambda: adapter.last_agent_transcript == "from of old new words")
    await old("forget me")
    await write(session, "at the end", segment="newer", final=True)
    await until(lambda: adapter.last_agent_transcript == "from of old new words at the end")


async def test_text_is_promised_from_the_first_word_on_and_not_after_reconnecting(adapter, session):
    assert LiveKitAgentAdapter.capabilities.streaming_transcripts
    assert not adapter.capabilities.streaming_transcripts
    await write(session, "welcome", segment="one", final=True)
    await until(lambda: adapter.capabilities.streaming_transcripts)
    await adapter.disconnect()
    await adapter.connect()
    assert not adapter.capabilities.streaming_transcripts
    assert (adapter.streaming_transcript, adapter.last_agent_transcript) == ("", None)


async def test_the_agent_cannot_be_told_to_stop(adapter, session):
    with pytest.raises(UnsupportedCapabilityError, match="speak over"):
        await adapter.interrupt()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("xy ", max_size=4), st.booleans())))
def test_of_every_segment_the_last_version_counts_unless_a_final_one_came(versions):
    transcript, expected = Transcript(), {}
    for segment, text, final in versions:
        transcript.put(segment, text, final=final)
        was_final = expected.get(segment, ("", False))[1]
        if final or not was_final:
            expected[segment] = (text, final)
    assert transcript.text == " ".join(text.strip() for text, _ in expected.values() if text.strip())
    assert transcript.is_final == all(final for _, final in expected.values())
