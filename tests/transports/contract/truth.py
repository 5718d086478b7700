"""Rows 11 and 12 of the contract: no capability is a lie, no frame is invented."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import UnsupportedCapabilityError
from tests.transports.bare import Notices
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.cases import case
from tests.transports.contract.listening import Listener, speak


@case(kind="long")
async def row_11_every_flag_of_the_instance_is_true(rig):
    long_answer = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    async with rig.peer(Plan(answers=[Say(long_answer)] * 2)) as peer, peer.adapter() as adapter:
        adapter._scenario_line = line = Notices()
        await peer.join(adapter)
        agent = peer.agents[-1]
        async with Listener(adapter):
            await speak(adapter, "count")
            texts = []
            while not agent.said_until:
                texts.append(adapter.streaming_transcript)
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.3)
            can = adapter.capabilities
            assert can.input_formats
            assert can.output_formats
            streamed = [text for text in texts if text]
            assert bool(streamed) == can.streaming_transcripts
            assert any(kind == "transport_speech" for kind, _ in line.notices) == can.native_vad
            if can.dtmf:
                await adapter.send_dtmf("5#")
                await asyncio.sleep(1)
                assert peer.digits == "5#"
            elif hasattr(adapter, "send_dtmf"):
                with pytest.raises(UnsupportedCapabilityError):
                    await adapter.send_dtmf("5")
            if not can.interruption:
                with pytest.raises(UnsupportedCapabilityError):
                    await adapter.interrupt()
                return
            await speak(adapter, "again")
            await asyncio.wait_for(agent.speaking.wait(), 10)
            await asyncio.sleep(1.5)
            told = await adapter.interrupt()
            await adapter.begin_user_turn()  # as a run does; some models stop when the user begins
            if told is not False:
                await asyncio.sleep(0.5)
                assert len(agent.said_until) == 2, "the agent was told to stop and goes on"
                assert agent.said_until[1] < agent.said_until[0] - 0.5


@case()
async def row_12_every_frame_that_was_sent_is_what_the_provider_publishes(rig):
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        async with peer.adapter() as adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                await listener.until_text("yes")
        assert (peer.check_sent() > 0) == rig.official
