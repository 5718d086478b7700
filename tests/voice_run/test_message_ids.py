"""Segments are linked with the messages that they became, by ids that no agent and no provider sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import scenario
from scenario.scenario_executor import ScenarioExecutor
from scenario.voice import VoiceOptions
from scenario.voice.testing import LoopbackVoiceAgent, OfflineSTT
from tests.voice_run.peers import Peer
from tests.voice_run.plays import NUMBERS, audio_message, caller, heard, play, says, segments, spoken

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = [
    scenario.user("hello there"), scenario.agent(), scenario.message(audio_message("from a file")),
    scenario.interrupt("stop", after_words=2), scenario.agent(), scenario.succeed(),
]  # fmt: skip


def agent() -> LoopbackVoiceAgent:
    return LoopbackVoiceAgent(["hi", NUMBERS, "fine"])


def linked(result: scenario.ScenarioResult) -> list[tuple[str, str]]:
    """Return who said what in each segment, with the role and the words of its message."""
    messages = {message["id"]: message for message in result.messages}
    assert len(messages) == len(result.messages)
    return [(each.speaker, messages[each.message_id]["role"]) for each in segments(result)]


async def test_every_segment_knows_its_message() -> None:
    result = await play(agent(), script=SCRIPT, options={"stt": OfflineSTT()})
    assert linked(result) == [("user", "user"), ("agent", "assistant")] * 3
    by_id = {message["id"]: message for message in result.messages}
    for segment in segments(result):
        message = by_id[segment.message_id]
        words = says(message).removesuffix(" [interrupted]")
        assert words in (segment.transcript or "", segment.heard_transcript)
    assert [each.message_id for each in segments(result)] == [message["id"] for message in result.messages]


async def test_events_call_the_messages_the_same() -> None:
    executor = ScenarioExecutor(
        "ids",
        "The user says hello.",
        [agent(), caller()],
        script=SCRIPT,
        voice=VoiceOptions(seed=1, stt=OfflineSTT()),
    )
    seen: list[Any] = []
    executor.events.subscribe(seen.append)
    result = await executor.run()
    snapshots = [event.to_dict()["messages"] for event in seen if event.type_ == "SCENARIO_MESSAGE_SNAPSHOT"]
    assert [message["id"] for message in snapshots[-1]] == [each.message_id for each in segments(result)]
    for snapshot in snapshots:
        ids = [message["id"] for message in snapshot]
        assert ids == [message["id"] for message in result.messages][: len(ids)]


async def test_no_agent_sees_them() -> None:
    keys: set[str] = set()

    class Reads(scenario.AgentAdapter):
        voice, audio_effects = "offline/anna", ()

        def __init__(self, role: scenario.AgentRole) -> None:
            self.role = role

        async def call(self, input: scenario.AgentInput) -> Any:
            for message in (*input.messages, *input.new_messages):
                keys.update(message)
            keys.update(*json.loads(json.dumps(input.messages)))
            if self.role is scenario.AgentRole.JUDGE:
                return scenario.ScenarioResult(success=True, messages=[])
            return "and then"

    script = [*SCRIPT[:2], scenario.user(), scenario.agent(), scenario.judge()]
    user, judge = Reads(scenario.AgentRole.USER), Reads(scenario.AgentRole.JUDGE)
    await play(agent(), user, judge, script=script)
    assert keys == {"role", "content"}


async def test_an_id_of_the_users_own_is_kept_and_seen() -> None:
    seen: list[Any] = []

    class Judge(scenario.AgentAdapter):
        role = scenario.AgentRole.JUDGE

        async def call(self, input: scenario.AgentInput) -> Any:
            seen.extend(message.get("id") for message in input.messages)
            return scenario.ScenarioResult(success=True, messages=[])

    mine = {**audio_message("from a file"), "id": "mine-1"}
    result = await play(agent(), Judge(), script=[scenario.message(mine), scenario.agent(), scenario.judge()])
    assert segments(result, "user")[0].message_id == "mine-1"
    assert seen == ["mine-1", None]


async def test_words_that_are_found_later_keep_the_id() -> None:
    class Judge(scenario.AgentAdapter):
        role = scenario.AgentRole.JUDGE

        async def call(self, input: scenario.AgentInput) -> Any:
            return scenario.ScenarioResult(success=True, messages=[])

    peer = Peer([spoken("good day")])
    script = [scenario.user("hello"), scenario.agent(), scenario.judge()]
    result = await play(peer, Judge(), script=script, options={"stt": OfflineSTT()})
    (segment,) = segments(result, "agent")
    assert (result.messages[1]["id"], says(result.messages[1])) == (segment.message_id, "good day")


async def test_what_a_model_that_plays_the_user_says_is_linked_too() -> None:
    user = LoopbackVoiceAgent(["i want a refund", "thank you"], voice="offline/anna")
    user.role = scenario.AgentRole.USER
    talk = [scenario.proceed(turns=2), scenario.succeed()]
    result = await play(user, LoopbackVoiceAgent(["which order", "done"]), script=talk)
    assert linked(result) == [("user", "user"), ("agent", "assistant")] * 2
    assert [heard(each.audio) for each in segments(result, "user")] == ["i want a refund", "thank you"]


async def test_the_manifest_has_them(tmp_path: Path) -> None:
    result = await play(agent(), script=SCRIPT, options={"stt": OfflineSTT()})
    folder = result.audio.save_segments(tmp_path)
    told = json.loads((folder / "manifest.json").read_text())["segments"]
    assert [segment["message_id"] for segment in told] == [message["id"] for message in result.messages]


async def test_text_runs_have_none() -> None:
    class Writes(scenario.AgentAdapter):
        async def call(self, input: scenario.AgentInput) -> str:
            return "noted"

    script = [scenario.user("hello"), scenario.agent(), scenario.succeed()]
    result = await scenario.arun("text", "The user says hello.", agents=[Writes()], script=script)
    assert [set(message) for message in result.messages] == [{"role", "content", "trace_id"}] * 2
