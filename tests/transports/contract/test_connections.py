"""Rows 1, 6, 7 and 10 of the contract: connections stand, end, and stay apart."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from pathlib import Path

import pytest

from scenario.voice import VoiceTransportError
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.listening import Listener, speak

CYCLES = 20


def resources() -> tuple[int, int, int]:
    """Return how many tasks, threads (of others than asyncio's pool) and open files there are."""
    gc.collect()
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    files = Path("/proc/self/fd" if Path("/proc/self/fd").exists() else "/dev/fd")
    return len(asyncio.all_tasks()), len(threads), len(list(files.iterdir()))


async def settled(expected: tuple[int, int, int], seconds: float = 5.0) -> tuple[int, int, int]:
    """Return the resources when they are down to `expected`, or what they are after some seconds."""
    deadline = time.monotonic() + seconds
    while is_more(found := resources(), expected) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return found


def is_more(found: tuple[int, int, int], expected: tuple[int, int, int]) -> bool:
    return any(now > then for now, then in zip(found, expected, strict=True))


async def test_row_1_twenty_connections_leave_nothing_behind(rig, caplog):
    caplog.set_level(logging.WARNING)
    async with rig.peer(Plan()) as peer:
        adapter = peer.adapter()
        before = None
        for cycle in range(CYCLES):
            await adapter.connect()
            await adapter.connect()
            await adapter.disconnect()
            await adapter.disconnect()
            if cycle == 0:
                await asyncio.sleep(0.3)  # what is made once per process has been made now
                before = resources()
        found = await settled(before)
    assert not is_more(found, before), f"tasks, threads, files: {before} became {found}"
    assert [record.getMessage() for record in caplog.records] == []


async def test_row_6_after_12_s_of_silence_the_line_is_alive_and_no_turn_has_happened(rig):
    async with rig.peer(Plan(answers=[Say("still here")])) as peer, peer.adapter() as adapter:
        await peer.join(adapter)
        async with Listener(adapter) as listener:
            await asyncio.sleep(12)
            assert listener.turn_ends == 0
            assert peer.agents[-1].turns == []
            await speak(adapter, "are you there")
            await listener.until_text("still here")
        assert peer.agents[-1].turns == ["are you there"]


@pytest.mark.parametrize("trouble", ["close", "reset", "garbage", "odd"])
async def test_row_7_trouble_is_an_error_within_a_second_or_does_no_harm(rig, trouble):
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


async def test_row_7_bursts_arrive_whole(rig):
    words = "this answer comes much faster than anyone could speak it"
    async with rig.peer(Plan(answers=[Say(words)], burst=True)) as peer, peer.adapter() as adapter:
        await peer.join(adapter)
        async with Listener(adapter) as listener:
            await speak(adapter, "hello")
            await listener.until_text(words, seconds=15)


async def test_row_10_two_adapters_at_once_hear_only_their_own_agents(rig):
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
