"""A server on loopback, and adapters that reach it."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from scenario.voice import LiveKitAgentAdapter
from tests.transports.bare import Notices
from tests.transports.peers.livekit import KEY, ROOM, SECRET, livekit_server

# Without LiveKit's own server these tests do not exist, so that nobody takes them for passed.
collect_ignore = [] if shutil.which("livekit-server") else ["test_dev_server.py"]


@pytest.fixture
async def server():
    async with livekit_server() as server:
        yield server


@pytest.fixture
def adapter(server):
    """An adapter whose notices are kept."""
    adapter = LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM)
    adapter._scenario_line = Notices()
    return adapter


async def until(holds, seconds: float = 5.0) -> None:
    """Wait until `holds()` is true."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # what is waited for is in the native client
            await asyncio.sleep(0.02)
