"""WebSockets with a protocol of the user: one that says everything, one that says nothing but audio."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from scenario.voice import WebSocketAgentAdapter
from tests.transports.contract.agent import ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.protocols import Raw, Talkative
from tests.transports.peers.sockets import http_answers, reset, tcp_peer, websocket_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.server import ServerConnection

    from scenario.voice import WebSocketProtocol
    from tests.transports.contract.agent import Plan

_SECRETS = ("SECRET-websocket-header", "SECRET-websocket-query")


class SocketWire(Wire):
    """Raw PCM16 in binary frames."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection

    async def audio(self, pcm: bytes, text: str) -> None:
        await self.connection.send(pcm)

    async def odd(self, pcm: bytes, text: str) -> None:
        await self.audio(pcm[:101], text)
        await self.audio(pcm[101:], "")

    async def close(self) -> None:
        await self.connection.close(1011, f"the agent failed; your key was {_SECRETS[0]}")

    async def reset(self) -> None:
        reset(self.connection)

    async def garbage(self) -> None:
        await self.connection.send("{ this is not what was agreed")


class VendorWire(SocketWire):
    """JSON with base64, text and ends of turns."""

    async def audio(self, pcm: bytes, text: str) -> None:
        data = base64.b64encode(pcm).decode()
        await self.connection.send(json.dumps({"type": "audio", "data": data, "text": text or None}))

    async def end(self, *, stopped: bool) -> None:
        await self.connection.send('{"type": "done"}')


class SocketPeer(Peer):
    url = ""

    def __init__(self, plan: Plan, protocol: type[WebSocketProtocol], *, pace: bool) -> None:
        super().__init__(plan)
        self._protocol = protocol
        self._pace = pace

    def adapter(self) -> WebSocketAgentAdapter:
        headers = {"X-Agent-Key": _SECRETS[0]}
        url = f"{self.url}/agent?token={_SECRETS[1]}"
        return WebSocketAgentAdapter(url, self._protocol(), headers=headers, pace=self._pace)

    async def serve(self, connection: ServerConnection) -> None:
        vendor = self._protocol is Talkative
        wire = VendorWire(connection) if vendor else SocketWire(connection)
        agent = ScriptedAgent(self.plan, wire, "explicit" if vendor else "gap")
        self.agents.append(agent)
        conversing = asyncio.create_task(agent.converse())
        try:
            async for frame in connection:
                self._take(agent, frame)
        finally:
            conversing.cancel()
            await asyncio.wait({conversing})

    @staticmethod
    def _take(agent: ScriptedAgent, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            agent.hear(frame)
            return
        event = json.loads(frame)
        if event["type"] == "audio":
            agent.hear(base64.b64decode(event["data"]))
        elif event["type"] == "end":
            agent.user_done()
        elif event["type"] == "stop":
            agent.stop()


class WebSocketRig(Rig):
    secrets = _SECRETS

    def __init__(self, name: str, protocol: type[WebSocketProtocol], *, pace: bool = False) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves three modes
        self.has_text: ClassVar[bool] = protocol is Talkative  # type: ignore[misc]
        self._protocol = protocol
        self._pace = pace

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[SocketPeer]:
        peer = SocketPeer(plan, self._protocol, pace=self._pace)
        async with websocket_peer(peer.serve) as peer.url:
            yield peer

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[SocketPeer]:
        from tests.transports.contract.agent import Plan

        peer = SocketPeer(Plan(), self._protocol, pace=self._pace)
        async with tcp_peer(http_answers((401, f"unknown keys: {', '.join(_SECRETS)}"))) as peer.url:
            yield peer


RIGS = [WebSocketRig("websocket-json", Talkative)]
FURTHER = [WebSocketRig("websocket-raw", Raw), WebSocketRig("websocket-paced", Raw, pace=True)]
