"""A connected adapter, and both ends of its call."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from scenario.voice import VapiAgentAdapter
from tests.transports.bare import Notices
from tests.transports.peers.vapi import ASSISTANT, KEY, LoopbackVapi, PaidCall, listen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Told(Notices):
    """A line that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.tools: list[tuple[str, str, str]] = []
        self.drops = 0

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        self.tools.append((name, arguments, call_id))

    def drop_unplayed(self) -> None:
        self.drops += 1


def adapter_for(service: LoopbackVapi, **options: Any) -> VapiAgentAdapter:
    arguments = {"assistant_id": ASSISTANT, "api_key": KEY, "base_url": service.url, **options}
    adapter = VapiAgentAdapter(**arguments)
    adapter._scenario_line = Told()
    return adapter


@asynccontextmanager
async def calling(
    assistant: Callable[[PaidCall], Awaitable[None]] = listen, **options: Any
) -> AsyncIterator[tuple[VapiAgentAdapter, PaidCall, LoopbackVapi]]:
    service = LoopbackVapi(assistant)
    async with service.serving(), adapter_for(service, **options) as adapter:
        await service.calls[0].connected.wait()
        yield adapter, service.calls[0], service
