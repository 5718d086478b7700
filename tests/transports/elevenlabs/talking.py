"""A connected adapter, and both ends of its conversation."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from scenario.voice import ElevenLabsAgentAdapter
from tests.transports.bare import Notices
from tests.transports.peers.elevenlabs import AGENT, KEY, AgentSession, LoopbackElevenLabs, listen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Told(Notices):
    """A line that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.tools: list[tuple[Any, ...]] = []
        self.drops = 0

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        self.tools.append(("call", name, arguments, call_id))

    def tool_result(self, name: str, result: Any, call_id: str) -> None:
        self.tools.append(("result", name, result, call_id))

    def drop_unplayed(self) -> None:
        self.drops += 1


@asynccontextmanager
async def talking(
    agent: Callable[[AgentSession], Awaitable[None]] = listen,
    *,
    input_format: str = "pcm_16000",
    output_format: str = "pcm_24000",
    **options: Any,
) -> AsyncIterator[tuple[ElevenLabsAgentAdapter, AgentSession, LoopbackElevenLabs]]:
    service = LoopbackElevenLabs(agent, input_format=input_format, output_format=output_format)
    async with service.serving():
        adapter = ElevenLabsAgentAdapter(AGENT, KEY, base_url=service.url, **options)
        adapter._scenario_line = Told()
        async with adapter:
            yield adapter, await service.session(), service
