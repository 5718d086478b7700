"""WebRTC with HTTP signalling, in both forms."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, Literal

from scenario.voice import WebRTCAgentAdapter
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.webrtc import WebRTCServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.peers.webrtc import Call

_SECRETS = ("SECRET-webrtc-header", "SECRET-webrtc-query", "SECRET-webrtc-extra")


class MediaWire(Wire):
    """The agent's side of a call: its track plays what it is given at the pace of time."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def audio(self, pcm: bytes, text: str) -> None:
        self._call.mouth.say(pcm)

    async def end(self, *, stopped: bool) -> None:
        if stopped:
            self._call.mouth.pending.clear()

    async def close(self) -> None:
        await self._call.close()

    async def reset(self) -> None:
        await self._call.transport.stop()  # the encryption ends, and nobody says goodbye

    async def garbage(self) -> None:
        ice = self._call.transport.transport
        for datagram in (
            b"",
            b"\x00" * 20,
            b"\x80\x60" + b"\xff" * 40,
            b"\x16\xfe\xff broken",
            b"\xff" * 1200,
        ):
            await ice._send(datagram)
        for channel in self._call.channels:
            channel.send("{ no JSON")
            channel.send(b"\x00\xff")


class WebRTCPeer(Peer):
    def __init__(self, plan: Plan, form: Literal["json", "whip"]) -> None:
        super().__init__(plan)
        self._form: Literal["json", "whip"] = form
        self._tasks: list[asyncio.Task[None]] = []
        self.server = WebRTCServer(self._begin)

    def adapter(self) -> WebRTCAgentAdapter:
        path = "offer" if self._form == "json" else "whip"
        return WebRTCAgentAdapter(
            f"{self.server.url}/{path}?token={_SECRETS[1]}",
            signaling=self._form,
            headers={"Authorization": f"Bearer {_SECRETS[0]}"},
            ice_servers=None,
            offer_extra={"credentials": {"tokens": [_SECRETS[2]]}} if self._form == "json" else None,
        )

    def _begin(self, call: Call) -> None:
        agent = ScriptedAgent(self.plan, MediaWire(call), "vad")
        self.agents.append(agent)

        self._tasks.append(asyncio.create_task(self._converse(call, agent)))

    async def _converse(self, call: Call, agent: ScriptedAgent) -> None:
        await call.connected.wait()
        call.listener = agent.hear
        conversing = asyncio.create_task(agent.converse())
        try:
            await call.ended.wait()
        finally:
            conversing.cancel()
            await asyncio.wait({conversing})
        await call.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[WebRTCPeer]:
        async with self.server.serving():
            try:
                yield self
            finally:
                for task in self._tasks:
                    task.cancel()
                if self._tasks:
                    await asyncio.wait(self._tasks)


class WebRTCRig(Rig):
    troubles = ("close", "reset", "garbage")
    latency_tolerance = 0.15
    at_once = 2
    # Both sides are the same library; ours is told from the peer's by what it says to HTTP servers.
    peer_loggers = ("tests.", "uvicorn", "asyncio")

    def __init__(self, form: Literal["json", "whip"]) -> None:
        self.name: ClassVar[str] = f"webrtc-{form}"  # type: ignore[misc]  # one class serves both forms
        self._form: Literal["json", "whip"] = form
        self.secrets = _SECRETS if form == "json" else _SECRETS[:2]  # WHIP has no keys of its own

    def peer(self, plan: Plan):
        return WebRTCPeer(plan, self._form).serving()

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[WebRTCPeer]:
        async with WebRTCPeer(Plan(), self._form).serving() as peer:
            peer.server.refusal = (401, f"unknown keys: {', '.join(self.secrets)}")
            yield peer


RIGS = [WebRTCRig("json")]
FURTHER = [WebRTCRig("whip")]
