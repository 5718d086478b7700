"""What an adapter sees of the run that it serves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import scenario
from scenario.voice import AudioChunk, UnsupportedCapabilityError
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, Stoppable, seconds_of_speech
from tests.voice_run.plays import caller, dialogue, events, play, spoken, the_interruption

TURN = [scenario.user("hello"), scenario.agent()]


async def test_it_knows_how_much_of_its_agent_was_heard_pauses_left_out() -> None:
    known: list[float] = []

    class Knows(Stoppable):
        async def say(self, pcm: bytes) -> None:
            await self.clock.sleep(0.3)
            await self.stream(pcm[:48_000])
            await self.clock.sleep(1.0)  # nothing comes
            await self.stream(pcm[48_000:])

        async def interrupt(self) -> bool | None:
            known.append(self.line.heard_seconds)
            return await super().interrupt()

    peer = Knows([seconds_of_speech(9), seconds_of_speech(1)], turn_end="explicit")
    script = [
        TURN[0],
        scenario.agent(wait=False),
        scenario.sleep(0.3 + 0.3 + 1 + 1 + 2),
        scenario.user("stop"),
    ]
    await play(peer, script=[*script, scenario.succeed()])
    assert known == [pytest.approx(3.0, abs=0.1)]


async def test_it_knows_how_much_of_a_burst_was_heard() -> None:
    known: list[float] = []

    class Knows(Stoppable):
        async def interrupt(self) -> bool | None:
            known.append(self.line.heard_seconds)
            return await super().interrupt()

    peer = Knows([spoken("hi"), seconds_of_speech(9)], turn_end="explicit", burst=True)
    script = [*TURN, scenario.user("more"), scenario.agent(wait=False), scenario.sleep(0.24 + 0.3 + 2)]
    await play(peer, script=[*script, scenario.user("stop"), scenario.succeed()])
    assert known == [pytest.approx(2.0, abs=0.1)]


async def test_its_speaking_event_is_set_by_the_first_word_of_a_turn() -> None:
    peer = Peer([seconds_of_speech(1)] * 2, latency=1.0)
    states: list[bool] = []

    def look(state: scenario.ScenarioState) -> None:
        states.append(peer._agent_speaking_event.is_set())  # pyright: ignore[reportPrivateUsage]

    begin = [scenario.user("hello"), scenario.agent(wait=False)]
    hello = 0.3
    script = [
        look, *begin, scenario.sleep(hello + 0.5), look, scenario.sleep(1.0), look, scenario.agent(), look,
        scenario.succeed(),
    ]  # fmt: skip
    await play(peer, script=script)
    assert states == [False, False, True, True]


async def test_receiving_waits_until_the_line_is_live() -> None:
    class Phone(Peer):
        async def connect(self) -> None:
            await super().connect()
            self.live = asyncio.Event()
            self.received = 0

        async def recv_audio(self, timeout: float) -> AudioChunk:
            assert self.live.is_set()
            self.received += 1
            return await super().recv_audio(timeout)

        async def begin_user_turn(self) -> None:
            self.live.set()

    phone = Phone([spoken("hi")])
    result = await play(phone, script=[*TURN, scenario.succeed()])
    assert phone.received > 0
    assert len(result.messages) == 2


async def test_an_agents_turn_without_a_user_is_announced() -> None:
    told: list[str] = []

    class Told(Peer):
        def notify_agent_turn(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # may be sync
            told.append("notify")
            self.answer()

        async def begin_user_turn(self) -> None:
            told.append("begin")

        async def end_user_turn(self) -> None:
            told.append("end")
            self.answer()

        async def send_audio(self, chunk: AudioChunk) -> None:
            told.append("audio")

    await play(Told([spoken("a"), spoken("b")]), script=[scenario.agent(), *TURN, scenario.succeed()])
    assert told == ["notify", "begin", "audio", "end"]


async def test_steps_act_on_the_agent_that_spoke_last() -> None:
    class Other(LoopbackVoiceAgent):
        pass

    one, other = LoopbackVoiceAgent(["from one"]), Other(["from the other one two three four"])
    script = [
        *TURN,
        scenario.agent(wait=False),
        scenario.sleep(1.5),
        scenario.user("stop"),
        scenario.succeed(),
    ]
    result = await play(one, other, script=script)
    assert the_interruption(result)["adapter"] == "Other"


async def test_where_no_agent_speaks_nobody_is_interrupted() -> None:
    class Writer(scenario.AgentAdapter):
        async def call(self, input: scenario.AgentInput) -> str:
            return "noted"

    user = LoopbackVoiceAgent([])
    user.role = scenario.AgentRole.USER
    script = [
        scenario.message({"role": "user", "content": "hi"}),
        scenario.interrupt("wait"),
        scenario.succeed(),
    ]
    result = await play(user, caller(), Writer(), script=script)
    (event,) = events(result, "user_interrupt")
    assert (event.metadata["adapter"], event.metadata["outcome"]) == (None, "no_adapter")
    assert [text for _, text in dialogue(result)] == ["hi", "noted", "wait"]


async def test_a_turn_that_ignores_its_cancellation_does_not_outlive_the_run() -> None:
    class Stubborn(LoopbackVoiceAgent):
        tries = 0

        async def call(self, input: scenario.AgentInput) -> Any:
            while True:
                try:
                    return await super().call(input)
                except asyncio.CancelledError:
                    self.tries += 1
                    if self.tries > 3:
                        raise

    agent = Stubborn(["one two three four five six seven eight nine ten"], barge_in_after=None)
    before = asyncio.all_tasks()
    await play(agent, script=[*TURN[:1], scenario.interrupt("stop"), scenario.succeed()])
    assert asyncio.all_tasks() == before


async def test_stopping_needs_a_transport_that_can() -> None:
    with pytest.raises(UnsupportedCapabilityError, match="Peer does not support interruption"):
        await Peer([]).interrupt()
