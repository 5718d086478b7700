"""With marked turns pauses cost no time, and the model's own time counts as it is."""

from __future__ import annotations

import asyncio
import time

import pytest

import scenario
from tests.transports.bare import VirtualLine
from tests.transports.gemini.talking import model_at, nothing_more, run, say, spoken
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, GENERATED, gemini_server


async def test_pauses_are_skipped_and_the_time_of_the_model_is_measured():
    async def behave(caller):
        for text in ("one", "two"):
            await caller.next("realtimeInput.activityEnd")
            await asyncio.sleep(1.0)
            await caller.say(gemini.speech(spoken(text)), gemini.words(text), GENERATED, COMPLETE)

    async with gemini_server(behave) as server:
        began = time.monotonic()
        script = [
            scenario.user("hello"),
            scenario.agent(),
            scenario.silence(300),
            scenario.user("go on"),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run(model_at(server), script, clock="virtual")
        took = time.monotonic() - began
    assert result.audio.duration > 300
    assert took < 20
    # The first turn of a process also loads what it needs.
    assert result.latency.measurements == [pytest.approx(1.0, abs=0.5), pytest.approx(1.0, abs=0.2)]
    assert [segment.transcript for segment in result.audio.segments] == ["hello", "one", "go on", "two"]


async def test_time_is_real_from_the_request_to_the_end_of_the_turn():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await asyncio.sleep(0.3)
        await caller.say(gemini.speech(spoken("yes")))
        await asyncio.sleep(1.0)
        await caller.say(COMPLETE)

    async with gemini_server(behave) as server:
        adapter = model_at(server)
        adapter._scenario_line = line = VirtualLine()
        async with adapter:
            assert line.clock._holds == 0
            await say(adapter)
            assert line.clock._holds == 1
            assert (await adapter.recv_audio(5)).data
            began = time.monotonic()
            assert await nothing_more(adapter, 0.5)
            assert time.monotonic() - began > 0.4
            assert line.clock._holds == 1
            assert not (await adapter.recv_audio(5)).data
            assert line.clock._holds == 0


async def test_time_is_real_while_the_rest_of_a_stopped_response_may_come_and_then_no_more():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("a long answer")))

    async with gemini_server(behave) as server:
        adapter = model_at(server)
        adapter._scenario_line = line = VirtualLine()
        async with adapter:
            await say(adapter)
            await adapter.recv_audio(5)
            began = time.monotonic()
            await adapter.interrupt()
            assert line.clock._holds == 1
            async with asyncio.timeout(5):
                while line.clock._holds:  # noqa: ASYNC110  # what is waited for has no event
                    await asyncio.sleep(0.05)
            assert time.monotonic() - began == pytest.approx(2.0, abs=0.4)


async def test_a_lost_connection_holds_no_clock():
    async def behave(caller):
        await caller.next("realtimeInput.activityEnd")
        caller.reset()

    async with gemini_server(behave) as server:
        adapter = model_at(server)
        adapter._scenario_line = line = VirtualLine()
        async with adapter:
            await say(adapter)
            with pytest.raises(RuntimeError, match="lost"):
                await adapter.recv_audio(5)
            assert line.clock._holds == 0
