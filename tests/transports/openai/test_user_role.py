"""A realtime model that plays the user: it says what the script says, or what it likes."""

from __future__ import annotations

import logging

import scenario
from scenario import AgentRole
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from scenario.voice.testing.offline_speech import OfflineSTT
from tests.transports.openai.talking import model_at, run, texts
from tests.transports.peers.openai_realtime import realtime_server, says


async def speaks_what_it_is_asked(response) -> None:
    """Say the text that the instructions end with, as an obedient model does."""
    await response.say(response.asked["instructions"].rpartition("\n\n")[2])


async def test_a_whole_run_in_which_the_model_speaks_the_scripts_words_to_an_agent(caplog):
    agent = LoopbackVoiceAgent(["welcome to the shop", "it is on its way"])
    acts = [speaks_what_it_is_asked, says("thank you very much")]
    async with realtime_server(*acts) as server:
        user = model_at(server, role=AgentRole.USER)
        script = [
            scenario.user("where is my order"),
            scenario.agent(),
            scenario.user(),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run([agent, user], script)
        model = server.last
    assert texts(result.messages, "user") == ["where is my order", "thank you very much"]
    assert texts(result.messages, "assistant") == ["welcome to the shop", "it is on its way"]
    assert [OfflineSTT().hear(chunk.data) for chunk in agent.heard] == [
        "where is my order",
        "thank you very much",
    ]
    assert [segment.speaker for segment in result.audio.segments] == ["user", "agent", "user", "agent"]
    asked, answered = (frame.get("response") for frame in model.sent("response.create"))
    assert asked["output_modalities"] == ["audio"]
    assert "where is my order" in asked["instructions"]
    assert answered is None
    assert model.turns == ["welcome to the shop"], "what the agent said is its input"
    assert model.sent("conversation.item.create") == []
    assert caplog.records == []


async def test_before_it_says_a_line_of_the_script_the_model_hears_what_was_answered_to_the_last():
    agent = LoopbackVoiceAgent(["welcome to the shop", "it is on its way", "good bye"])
    acts = [speaks_what_it_is_asked, speaks_what_it_is_asked, says("thank you very much")]
    async with realtime_server(*acts) as server:
        user = model_at(server, role=AgentRole.USER)
        script = [
            scenario.user("where is my order"),
            scenario.agent(),
            scenario.user("when will it be here"),
            scenario.agent(),
            scenario.user(),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run([agent, user], script)
        model = server.last
    said = ["where is my order", "when will it be here", "thank you very much"]
    assert texts(result.messages, "user") == said
    assert model.turns == ["welcome to the shop", "it is on its way"], "each of them once"
    turns = ("input_audio_buffer.commit", "response.create")
    kinds = [frame["type"] for frame in model.frames if frame["type"] in turns]
    assert kinds == ["response.create", *turns, *turns], "what was answered comes before what is said to it"


async def test_before_it_says_a_line_of_the_script_the_model_reads_what_was_written():
    class Writes(scenario.AgentAdapter):
        async def call(self, input):
            return "we are closed"

    async with realtime_server(says("hello"), speaks_what_it_is_asked) as server:
        user = model_at(server, role=AgentRole.USER)
        script = [scenario.user(), scenario.agent(), scenario.user("what a pity"), scenario.succeed()]
        result = await run([Writes(), user], script)
        model = server.last
        assert model.turns == ["we are closed"]
        assert [bool(frame.get("response")) for frame in model.sent("response.create")] == [False, True]
    assert texts(result.messages, "user") == ["hello", "what a pity"]


async def test_the_model_may_begin_the_conversation():
    agent = LoopbackVoiceAgent(["good day"])
    async with realtime_server(says("anybody home")) as server:
        user = model_at(server, role=AgentRole.USER)
        result = await run([agent, user], [scenario.user(), scenario.agent(), scenario.succeed()])
    assert texts(result.messages, "user") == ["anybody home"]
    assert texts(result.messages, "assistant") == ["good day"]


async def test_what_an_agent_writes_is_heard_and_not_repeated():
    class Writes(scenario.AgentAdapter):
        async def call(self, input):
            return "we are closed"

    async with realtime_server(says("hello"), says("too bad")) as server:
        user = model_at(server, role=AgentRole.USER)
        script = [scenario.user(), scenario.agent(), scenario.user(), scenario.succeed()]
        result = await run([Writes(), user], script)
        assert server.last.turns == ["we are closed"]
        assert all("response" not in frame for frame in server.last.sent("response.create"))
    assert texts(result.messages, "user") == ["hello", "too bad"]


async def test_words_that_were_not_asked_for_are_warned_of(caplog):
    caplog.set_level(logging.WARNING, logger="scenario.voice")
    asked = "my number is one two three four five six"
    acts = [says("my number is one two three four five seven"), says("sorry I cannot do that")]
    async with realtime_server(*acts) as server, model_at(server, role=AgentRole.USER) as adapter:
        for warnings in (0, 1):
            await adapter.send_text(asked)
            while (await adapter.recv_audio(5)).data:
                pass
            assert len(caplog.records) == warnings
    assert "word error rate 1.00" in caplog.text


async def test_the_older_protocol_is_asked_in_its_own_words():
    async with realtime_server(speaks_what_it_is_asked) as server:
        async with model_at(server, role=AgentRole.USER, protocol="beta") as adapter:
            await adapter.send_text("hello")
            while (await adapter.recv_audio(5)).data:
                pass
            assert adapter.last_agent_transcript == "hello"
        (frame,) = server.last.sent("response.create")
    assert frame["response"]["modalities"] == ["audio", "text"]
