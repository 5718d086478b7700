"""Who speaks over the agent stops it, and it remembers what was heard."""

from __future__ import annotations

import pytest

import scenario
from tests.transports.local.agents import an_agent, dialogue
from tests.voice_run.plays import dialogue as spoken
from tests.voice_run.plays import play, segments, the_interruption

LONG = "First we open the door. Then we close it again slowly. Then we open it. At last we go home together."


async def test_it_stops_200_ms_after_the_first_voiced_sample_of_the_user():
    async with an_agent([LONG, "fine"]) as (agent, server):
        script = [
            scenario.user("how"),
            scenario.agent(wait=False),
            scenario.sleep(1.5),
            scenario.user("stop it now please"),
            scenario.agent(),
            scenario.succeed(),
        ]
        agent.capabilities = type(agent).capabilities
        result = await play(agent, script=script)
    assert the_interruption(result)["native"] is False
    assert the_interruption(result)["stopped_after"] == pytest.approx(0.2, abs=0.06)
    partial, _ = segments(result, "agent")
    assert partial.transcript_truncated
    heard = dialogue(server)[1][1]
    assert LONG.startswith(heard)
    assert heard.endswith(".")
    assert 0 < len(heard) < len(LONG) / 2
    assert spoken(result)[-1] == ("assistant", "fine")


async def test_a_word_shorter_than_that_stops_it_too_and_is_answered():
    async with an_agent([LONG, "fine"]) as (agent, server):
        agent.capabilities = type(agent).capabilities
        script = [
            scenario.user("how"),
            scenario.interrupt("no", after_words=4),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await play(agent, script=script)
    assert spoken(result)[-1] == ("assistant", "fine")
    assert the_interruption(result)["stopped_after"] < 0.4
    assert dialogue(server)[1:] == [("assistant", "First we open the door."), ("user", "no")]


async def test_told_to_stop_it_stops_at_once():
    async with an_agent([LONG, "fine"]) as (agent, server):
        script = [
            scenario.user("how"),
            scenario.interrupt("no", after_words=7),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await play(agent, script=script)
    interruption = the_interruption(result)
    assert interruption["native"] is True
    assert interruption["stopped_after"] < 0.1
    assert dialogue(server)[1] == ("assistant", "First we open the door. Then we close it again slowly.")
    text = spoken(result)[1][1]
    assert text.startswith("First we open the door. Then")
    assert text.endswith("[interrupted]")


async def test_what_was_heard_to_its_end_stays_in_the_history_whole():
    async with an_agent(["Good morning. Who is there?", "fine"]) as (agent, server):

        async def interrupt_nobody(state):
            assert await agent.interrupt() is True

        script = [
            scenario.user("hello"), scenario.agent(), scenario.sleep(2), interrupt_nobody,
            scenario.user("me"), scenario.agent(), scenario.succeed(),
        ]  # fmt: skip
        await play(agent, script=script)
    assert dialogue(server)[1] == ("assistant", "Good morning. Who is there?")


async def test_the_virtual_clock_skips_what_is_spoken_and_not_what_the_model_takes():
    import time

    from tests.peers.openai_server import Reply

    async with an_agent([Reply(LONG, delay=0.5)] * 4) as (agent, _):
        began = time.monotonic()
        turns = [step for _ in range(4) for step in (scenario.user("go on then"), scenario.agent())]
        result = await play(agent, script=[*turns, scenario.succeed()])
        took = time.monotonic() - began
    assert result.audio.duration > 20
    assert took < 15
    assert all(0.5 <= latency < 1.5 for latency in result.latency.measurements)
