"""Tool calls that an adapter sees, and results that the script gives."""

from __future__ import annotations

import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer
from tests.voice_run.plays import events, play, spoken


class Caller(Peer):
    """Calls a tool before it speaks."""

    handled = True

    async def say(self, pcm: bytes) -> None:
        self.line.tool_call("find_order", '{"id": 4711}', "call_1")
        if self.handled:
            self.line.tool_result("find_order", {"state": "sent"}, "call_1")
        await super().say(pcm)


async def test_calls_and_results_follow_the_turn_as_messages() -> None:
    script = [scenario.user("where is it"), scenario.agent(), scenario.succeed()]
    result = await play(Caller([spoken("on its way")]), script=script)
    _user, said, called, answered = result.messages
    assert said["role"] == "assistant"
    assert called["content"] is None
    assert called["tool_calls"][0]["function"] == {"name": "find_order", "arguments": '{"id": 4711}'}
    assert (answered["role"], answered["tool_call_id"]) == ("tool", "call_1")
    assert answered["content"] == '{"state": "sent"}'


async def test_calls_and_results_are_on_the_timeline() -> None:
    script = [scenario.user("where is it"), scenario.agent(), scenario.succeed()]
    result = await play(Caller([spoken("on its way")]), script=script)
    call, outcome = events(result, "tool_call", "tool_result")
    assert (call.name, call.args, call.metadata) == ("find_order", {"id": 4711}, {"call_id": "call_1"})
    assert (outcome.result, outcome.metadata) == ({"state": "sent"}, {"call_id": "call_1"})


async def test_a_result_of_the_script_is_handed_over_and_answered_in_a_turn_of_its_own() -> None:
    given: list[tuple[str, str]] = []

    class Waits(Caller):
        handled = False

        async def send_tool_result(self, call_id: str, result: str) -> None:
            given.append((call_id, result))

    script = [
        scenario.user("where is it"),
        scenario.agent(),
        scenario.message({"role": "tool", "tool_call_id": "call_1", "content": "sent"}),
        scenario.agent(),
        scenario.succeed(),
    ]
    result = await play(Waits([spoken("one moment"), spoken("on its way")]), script=script)
    assert given == [("call_1", "sent")]
    assert [event.result for event in events(result, "tool_result")] == ["sent"]
    assert [message["role"] for message in result.messages] == [
        "user", "assistant", "assistant", "tool", "assistant", "assistant",
    ]  # fmt: skip


async def test_tool_calls_without_speech_are_the_turn() -> None:
    class Silent(Peer):
        async def say(self, pcm: bytes) -> None:
            self.line.tool_call("hang_up", "{}", "call_2")
            from scenario.voice import AudioChunk

            self.output().put_nowait(AudioChunk(b""))

    script = [scenario.user("bye"), scenario.agent(), scenario.succeed()]
    result = await play(Silent([b"\0\0"], turn_end="explicit"), script=script)
    assert [message["role"] for message in result.messages] == ["user", "assistant"]
    assert result.messages[1]["tool_calls"][0]["id"] == "call_2"


async def test_text_users_are_sent_as_text_where_that_is_possible() -> None:
    class Reads(LoopbackVoiceAgent):
        texts: list[str] = []  # noqa: RUF012

        async def send_text(self, text: str) -> None:
            self.texts.append(text)
            await self.end_user_turn()

    agent = Reads(["fine"])
    user = scenario.UserSimulatorAgent(model="offline/players")
    result = await play(agent, user, script=[scenario.user("hello"), scenario.agent(), scenario.succeed()])
    assert agent.texts == ["hello"]
    assert result.messages[0]["content"] == "hello"


async def test_text_for_a_voice_agent_without_a_voice_is_an_error() -> None:
    user = scenario.UserSimulatorAgent(model="offline/players")
    with pytest.raises(AgentCallError, match="needs audio") as raised:
        await play(LoopbackVoiceAgent([]), user, script=[scenario.user("hello"), scenario.agent()])
    assert isinstance(raised.value.__cause__, ValueError)
