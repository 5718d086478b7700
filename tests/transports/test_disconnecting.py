"""Disconnecting is over in time, whatever the peer does and whatever still runs here."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from scenario.voice import (
    ElevenLabsAgentAdapter,
    GeminiLiveAgentAdapter,
    OpenAIRealtimeAgentAdapter,
    VapiAgentAdapter,
)
from tests.transports.peers import elevenlabs, gemini_live, openai_realtime, vapi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from websockets.asyncio.server import ServerConnection

    Handlers = Mapping[str, Callable[..., Any]]

IN_TIME = 4.5
"""Seconds; an adapter has 5."""


class Stubborn:
    """A tool that does not want to end."""

    def __init__(self) -> None:
        self.runs = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self) -> str:
        self.runs.set()
        latest = time.monotonic() + 10
        while not self.may_end.is_set() and time.monotonic() < latest:
            with suppress(asyncio.CancelledError, TimeoutError):
                async with asyncio.timeout(10):
                    await self.may_end.wait()
        return "at last"


@asynccontextmanager
async def openai(handlers: Handlers, **options: Any) -> AsyncIterator[tuple[Any, ServerConnection]]:
    async def calls(response: openai_realtime.Response) -> None:
        await response.call("stubborn")

    async with openai_realtime.realtime_server(calls) as server:
        adapter = OpenAIRealtimeAgentAdapter(
            api_key="SECRET", base_url=server.url, tool_handlers=handlers, **options
        )
        await adapter.connect()
        await adapter.notify_agent_turn()
        yield adapter, server.last.socket


@asynccontextmanager
async def gemini(handlers: Handlers, **options: Any) -> AsyncIterator[tuple[Any, ServerConnection]]:
    async def calls(caller: gemini_live.Caller) -> None:
        await caller.say(gemini_live.calls(("1", "stubborn", {})))

    async with gemini_live.gemini_server(calls) as server:
        adapter = GeminiLiveAgentAdapter(
            api_key="SECRET", base_url=server.url, tool_handlers=handlers, **options
        )
        await adapter.connect()
        yield adapter, server.caller.connection


@asynccontextmanager
async def hosted(handlers: Handlers) -> AsyncIterator[tuple[Any, ServerConnection]]:
    async def calls(session: elevenlabs.AgentSession) -> None:
        await session.call_tool("stubborn", "1")
        await elevenlabs.listen(session)

    service = elevenlabs.LoopbackElevenLabs(calls)
    async with service.serving():
        adapter = ElevenLabsAgentAdapter(
            elevenlabs.AGENT, elevenlabs.KEY, base_url=service.url, tool_handlers=handlers
        )
        await adapter.connect()
        yield adapter, (await service.session()).connection


PEERS = {
    "openai": openai,
    "openai-vad": lambda handlers: openai(handlers, turn_detection={"type": "server_vad"}),
    "gemini": gemini,
    "gemini-auto": lambda handlers: gemini(handlers, activity="auto"),
    "elevenlabs": hosted,
}


async def fill(adapter: Any) -> asyncio.Task[None]:
    """Fill the socket's buffers, so that nothing more leaves."""
    session = getattr(adapter, "_session", None) or adapter._conversation._connection
    filling = asyncio.create_task(session._link.send(os.urandom(2**24)))  # compressed, zeros would be short
    await asyncio.wait({filling}, timeout=0.3)
    assert not filling.done(), "the system takes all of it"
    return filling


@pytest.mark.parametrize("name", PEERS)
async def test_a_peer_that_never_answers_and_a_tool_that_does_not_end_hold_nobody_up(name):
    tool = Stubborn()
    async with PEERS[name]({"stubborn": tool}) as (adapter, connection):
        await asyncio.wait_for(tool.runs.wait(), 5)
        connection.transport.pause_reading()
        filling = await fill(adapter)
        began = time.monotonic()
        await adapter.disconnect()
        elapsed = time.monotonic() - began
        tool.may_end.set()
        connection.transport.abort()
        await asyncio.wait({filling})
        filling.exception()
    assert elapsed < IN_TIME


@pytest.mark.parametrize("has_control", [True, False])
async def test_the_provider_is_told_to_end_a_call_whose_socket_hangs(has_control, caplog):
    release = asyncio.Event()

    async def deaf(call: vapi.PaidCall) -> None:
        connection = call.connection
        connection.transport.pause_reading()
        await release.wait()
        connection.transport.abort()

    service = vapi.LoopbackVapi(deaf)
    if not has_control:
        service.answer = lambda answer: {**answer, "monitor": {}}
    async with service.serving():
        adapter = VapiAgentAdapter(vapi.ASSISTANT, vapi.KEY, base_url=service.url)
        await adapter.connect()
        await service.calls[0].connected.wait()
        filling = await fill(adapter)
        began = time.monotonic()
        await adapter.disconnect()
        elapsed = time.monotonic() - began
        release.set()
        await asyncio.wait({filling})
        filling.exception()
    assert elapsed < IN_TIME
    assert service.calls[0].ended_by == ("control" if has_control else "")
    assert ("a call may still be running" in caplog.text) is not has_control
