"""A real Pipecat bot behind each of its transports, and an adapter that is connected to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from scenario.voice import PipecatAgentAdapter
from tests.transports.bare import Notices
from tests.transports.peers.pipecat import PipecatServer
from tests.transports.webrtc.test_media import Heard


class Line(Notices):
    """Keeps tool calls, and how often audio was dropped, too."""

    def __init__(self):
        super().__init__()
        self.dropped = 0
        self.tools = []

    def drop_unplayed(self):
        self.dropped += 1

    def tool_call(self, name, arguments, call_id):
        self.tools.append((name, arguments, call_id))


class Talk:
    """One connection: the bot's side, ours, what came, and what the run was told."""

    def __init__(self, server, bot, adapter, heard, line):
        self.server, self.bot, self.adapter, self.heard, self.line = server, bot, adapter, heard, line


@asynccontextmanager
async def talking(kind, **options):
    async with PipecatServer(kind).serving() as server:
        adapter = PipecatAgentAdapter(**{**server.address, **options})
        adapter._scenario_line = line = Line()
        async with adapter, Heard(adapter) as heard:
            async with asyncio.timeout(5):
                while not server.bots:  # noqa: ASYNC110  # a bot starts when it has been called
                    await asyncio.sleep(0.01)
                await server.bots[0].ready.wait()
            yield Talk(server, server.bots[0], adapter, heard, line)
        async with asyncio.timeout(5):
            await server.bots[0].gone.wait()


@pytest.fixture(params=["twilio", "protobuf", "webrtc"])
async def talk(request):
    async with talking(request.param) as talk:
        yield talk


@pytest.fixture
async def phone():
    async with talking("twilio", custom_parameters={"lang": "de"}, call_sid="CA" + "7" * 32) as talk:
        yield talk


@pytest.fixture
async def socket():
    async with talking("protobuf") as talk:
        yield talk


@pytest.fixture
async def call():
    async with talking("webrtc", request_data={"lang": "de"}, headers={"X-Key": "k"}) as talk:
        yield talk
