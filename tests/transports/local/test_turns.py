"""A user's turn is transcribed once and answered once; an answer is waited for as long as it takes."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import AudioChunk, ComposableVoiceAgent, silent_chunk
from tests.transports.local.agents import an_agent, answer, dialogue, say, speech


async def test_many_chunks_are_one_turn():
    async with an_agent("hello") as (agent, server), agent:
        data = speech("I need a room for two nights").data
        await agent.begin_user_turn()
        for at in range(0, len(data), 960):
            await agent.send_audio(AudioChunk(data[at : at + 960]))
        await agent.end_user_turn()
        assert await answer(agent) == "hello"
        assert len(agent.stt.heard) == 1
    assert agent.last_user_transcript == "I need a room for two nights"
    assert (
        agent.last_agent_transcript
        == agent.last_llm_response
        == agent.streaming_transcript.strip()
        == "hello"
    )
    assert len(server.requests) == 1
    assert dialogue(server) == [("user", "I need a room for two nights")]


async def test_silence_is_no_message_and_is_not_transcribed():
    async with an_agent(["hello", "still here"]) as (agent, server), agent:
        await agent.send_audio(silent_chunk(30))
        await agent.send_audio(silent_chunk(1))
        await agent.end_user_turn()
        assert await answer(agent) == "hello"
        assert agent.stt.heard == []
        assert dialogue(server) == []


async def test_silence_before_a_turn_is_not_transcribed_with_it():
    async with an_agent("hello") as (agent, _), agent:
        await agent.send_audio(silent_chunk(30))
        await say(agent, "good morning")
        await answer(agent)
        (heard,) = agent.stt.heard
        assert heard.duration_seconds < 5


async def test_a_voice_without_words_is_inaudible():
    from tests.transports.contract.agent import tone

    async with an_agent("pardon") as (agent, server), agent:
        await agent.send_audio(AudioChunk(tone(300, 1.0)))
        await agent.end_user_turn()
        await answer(agent)
        assert dialogue(server) == [("user", "[inaudible]")]


async def test_every_connection_is_a_conversation_of_its_own():
    async with an_agent(["one", "two", "three"], system_prompt="Count.") as (agent, server):
        async with agent:
            await say(agent, "first")
            await answer(agent)
            await say(agent, "second")
            await answer(agent)
            assert dialogue(server) == [("user", "first"), ("assistant", "one"), ("user", "second")]
        async with agent:
            assert agent.last_user_transcript is None
            assert agent.streaming_transcript == ""
            await say(agent, "third")
            await answer(agent)
        assert dialogue(server) == [("user", "third")]
        assert server.requests[-1].body["messages"][0] == {"role": "system", "content": "Count."}


async def test_a_time_out_loses_nothing_and_pays_nothing_twice():
    from tests.peers.openai_server import Reply

    async with an_agent([Reply("here I am", delay=0.5)]) as (agent, server), agent:
        await say(agent, "hello")
        for _ in range(5):
            with pytest.raises(TimeoutError):
                await agent.recv_audio(0.02)
        assert await answer(agent) == "here I am"
        assert len(server.requests) == len(agent.stt.heard) == 1


async def test_the_first_sentence_is_heard_before_the_last_is_synthesised():
    from scenario.voice import register_tts_provider
    from scenario.voice.testing.offline_speech import OfflineTTS

    may_go_on = asyncio.Event()

    async def slow(text: str, voice: str) -> bytes:
        if text.startswith("Second"):
            await may_go_on.wait()
        return OfflineTTS().speak(text, voice).data

    register_tts_provider("slow", slow)
    async with an_agent("First this. Second that!") as (agent, _):
        agent.tts = "slow/desk"
        async with agent:
            await say(agent, "hello")
            first = [await agent.recv_audio(5) for _ in range(2)]
            assert (
                "".join(chunk.transcript for chunk in first) == agent.streaming_transcript == "First this. "
            )
            may_go_on.set()
            await answer(agent)
            assert agent.streaming_transcript == "First this. Second that! "


async def test_without_streaming_the_answer_is_one_piece_of_speech():
    from scenario.voice import register_tts_provider
    from scenario.voice.testing.offline_speech import OfflineTTS

    asked = []

    async def keeping(text: str, voice: str) -> bytes:
        asked.append(text)
        return OfflineTTS().speak(text, voice).data

    register_tts_provider("keeping", keeping)
    async with an_agent("First this. Second that!", stream=False) as (agent, _):
        agent.tts = "keeping/desk"
        async with agent:
            await say(agent, "hello")
            await answer(agent)
    assert asked == ["First this. Second that!"]


async def test_two_agents_at_once_do_not_meet():
    async with an_agent("I am one") as (one, served), an_agent("I am two") as (two, other), one, two:
        await asyncio.gather(say(one, "to one"), say(two, "to two"))
        assert await asyncio.gather(answer(one), answer(two)) == ["I am one", "I am two"]
        assert (dialogue(served), dialogue(other)) == ([("user", "to one")], [("user", "to two")])


async def test_nothing_works_before_it_is_connected():
    agent = ComposableVoiceAgent(None, "openai/model", "offline/desk")
    for use in (
        agent.recv_audio(0.1), agent.send_audio(silent_chunk(1)), agent.end_user_turn(), agent.interrupt(),
        agent.notify_agent_turn(), agent.begin_user_turn(),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match="ComposableVoiceAgent: not connected"):
            await use
    assert repr(agent) == "ComposableVoiceAgent(llm='openai/model', tts='offline/desk')"
