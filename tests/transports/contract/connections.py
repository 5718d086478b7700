"""Rows 6, 7 and 10 of the contract: connections stand, end, and stay apart."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice import VoiceTransportError
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.cases import case
from tests.transports.contract.listening import Listener, speak


@case(kind="idle")
async def row_6_after_12_s_of_silence_the_line_is_alive_and_no_turn_has_happened(rig):
    async with rig.peer(Plan(answers=[Say("still here")])) as peer, peer.adapter() as adapter:
        await peer.join(adapter)
        async with Listener(adapter) as listener:
            await asyncio.sleep(12)
            assert listener.turn_ends == 0
            assert peer.agents[-1].turns == []
            await speak(adapter, "are you there")
            await listener.until_text("still here")
        assert peer.agents[-1].turns == ["are you there"]


@case(*[{"trouble": trouble} for trouble in ("close", "reset", "garbage", "odd")])
async def row_7_trouble_is_an_error_within_a_second_or_does_no_harm(rig, trouble):
    plan = Plan(answers=[Say("all is well", after=0.6)], trouble=trouble)
    async with rig.peer(plan) as peer, peer.adapter() as adapter:
        await peer.join(adapter)
        if trouble not in rig.troubles:
            with pytest.raises(NotImplementedError):
                await getattr(peer.agents[-1].wire, trouble)(*[b"", ""][: 2 * (trouble == "odd")])
            return
        async with Listener(adapter) as listener:
            await speak(adapter, "hello")
            began = time.monotonic()
            if trouble in ("close", "reset"):
                error = await listener.until_error()
            else:
                try:
                    await listener.until_text("all is well")
                except AssertionError:
                    error = await listener.until_error(1)
                else:
                    return
        assert trouble != "odd", f"half samples must do no harm: {error!r}"
        assert isinstance(error, VoiceTransportError)
        assert error.adapter == type(adapter).__name__
        # What the agent needs to see that the turn is over counts before its trouble.
        assert listener.failed_at - began < 1 + 0.6
        if trouble in ("close", "reset"):
            with pytest.raises(VoiceTransportError):
                await adapter.recv_audio(5)


@case()
async def row_7_bursts_arrive_whole(rig):
    words = "this answer comes much faster than anyone could speak it"
    async with rig.peer(Plan(answers=[Say(words)], burst=True)) as peer, peer.adapter() as adapter:
        await peer.join(adapter)
        async with Listener(adapter) as listener:
            await speak(adapter, "hello")
            await listener.until_text(words, seconds=15)


@case(kind="long")
async def row_10_two_adapters_at_once_hear_only_their_own_agents(rig):
    def plan() -> Plan:
        return Plan(answers=[Say(lambda heard: f"you said {heard}")] * 2)

    async def talk(peer, adapter, names: list[str]) -> None:
        await peer.join(adapter)
        for name in names:
            async with Listener(adapter) as listener:
                await speak(adapter, name)
                await listener.until_text(f"you said {name}")
        assert peer.agents[-1].turns == names

    async with (
        rig.peer(plan()) as one,
        rig.peer(plan()) as other,
        one.adapter() as first,
        other.adapter() as second,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(talk(one, first, ["alpha", "beta"]))
        group.create_task(talk(other, second, ["gamma ray", "delta wing"]))
