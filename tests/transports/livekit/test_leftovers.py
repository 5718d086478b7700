"""Nothing of a connection stays in the native client."""

from __future__ import annotations

import ast
import asyncio
import gc
import logging
import os
import sys
from pathlib import Path

from livekit.protocol import models, rtc
from livekit.rtc._ffi_client import FfiClient, _live_handles

from scenario.voice import LiveKitAgentAdapter
from tests.transports.livekit.conftest import until
from tests.transports.peers.livekit import KEY, ROOM, SECRET

_ROOT = Path(__file__).parents[3]


def kept() -> tuple[int, int]:
    """Return how many of the client's objects and event queues there are."""
    gc.collect()
    return len(_live_handles), len(FfiClient.instance.queue._subscribers)


async def test_objects_and_event_queues_are_given_back(server):
    before = kept()
    for _ in range(3):
        async with LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM):
            assert kept() > before
    await until(lambda: kept() == before)


async def test_they_are_given_back_when_the_peer_ended_the_connection(server):
    before = kept()
    adapter = LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM)
    async with adapter:
        leave = rtc.LeaveRequest(
            reason=models.DisconnectReason.ROOM_DELETED, action=rtc.LeaveRequest.Action.DISCONNECT
        )
        await server.sessions[-1].send(leave=leave)
        await until(lambda: adapter._inbox.error is not None)
    await until(lambda: kept() == before)


_CYCLES = """
import asyncio, gc, os, sys
from scenario.voice import LiveKitAgentAdapter

async def main():
    counts = []
    for cycle in range(20):
        adapter = LiveKitAgentAdapter(*sys.argv[1:])
        connecting = asyncio.create_task(adapter.connect())
        # Most are given up on the way, each a bit later than the one before: the client is not fond of that.
        await asyncio.wait({connecting}, timeout=None if cycle < 5 else 0.015 * (cycle - 5))
        connecting.cancel()
        await asyncio.wait({connecting})
        await adapter.disconnect()
        if cycle in (4, 19):
            await asyncio.sleep(0.5)
            gc.collect()
            # Where there is no /proc, threads of native code cannot be seen.
            tasks = len(os.listdir("/proc/self/task")) if os.path.exists("/proc/self/task") else 0
            counts.append((tasks, len(os.listdir("/dev/fd"))))
    print(*counts)

asyncio.run(main())
"""


async def test_connections_also_cancelled_ones_leave_no_native_threads_and_files(server):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CYCLES, server.url, KEY, SECRET, ROOM,
        stdout=asyncio.subprocess.PIPE, cwd=_ROOT, env=dict(os.environ),
    )  # fmt: skip
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0
    (threads, files), (threads_later, files_later) = ast.literal_eval(output.decode().replace(") (", "), ("))
    assert files_later <= files
    assert threads_later < threads + 6  # a pool has some more or fewer; 15 would be one for each connection


async def test_nothing_is_warned_of_when_all_goes_well(server, caplog):
    caplog.set_level(logging.WARNING)
    for _ in range(3):
        async with LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM):
            pass
    await asyncio.sleep(1.2)  # the native client hands its records over in batches
    assert [record.getMessage() for record in caplog.records] == []
