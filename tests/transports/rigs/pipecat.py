"""Real Pipecat bots, with each serializer and over SmallWebRTC."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from scenario.voice import PipecatAgentAdapter
from scenario.voice._audio.chunk import BYTES_PER_SECOND
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.asgi import reset_connections
from tests.transports.peers.pipecat import PipecatServer
from tests.transports.peers.sockets import http_answers, tcp_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.peers.pipecat import Kind, Talker
    from tests.transports.peers.pipecat_edge import Edge

_SECRETS = ("SECRET-pipecat-header", "SECRET-pipecat-query", "SECRET-pipecat-parameter")


class BotAgent(ScriptedAgent):
    """Counts from what goes over the wire: a bot's converters, buffers and 40 ms pieces take their time."""

    edge: Edge
    lead_seconds = 0.3  # bots keep time by themselves

    @property
    def took(self) -> float:
        return self.edge.bot_began - self.edge.user_stopped


class BotWire(Wire):
    """What the agent does inside the bot's pipeline."""

    def __init__(self, bot: Talker, url: str) -> None:
        self._bot = bot
        self._url = url

    async def audio(self, pcm: bytes, text: str) -> None:
        await self._bot.say(pcm, text)

    async def end(self, *, stopped: bool) -> None:
        if stopped:
            await self._bot.stop_itself()
        else:
            # As voices end. A bot's converters keep the last 80 ms until something follows.
            await self._bot.say(bytes(BYTES_PER_SECOND // 5))

    async def close(self) -> None:
        if self._bot.socket is not None:
            await self._bot.socket.close(1011, f"the bot failed; your key was {_SECRETS[0]}")
        elif self._bot.connection is not None:
            await asyncio.shield(self._bot.connection.disconnect())

    async def reset(self) -> None:
        if self._bot.connection is None:
            reset_connections(self._url)
        else:
            await self._bot.connection.pc.getSenders()[0].transport.stop()  # nobody says goodbye

    async def garbage(self) -> None:
        if self._bot.socket is not None:
            for frame in ("{ no JSON", "[]", '{"event": 7}', '{"event": "media", "media": "?"}'):
                await self._bot.socket.send_text(frame)
            await self._bot.socket.send_bytes(b"\x12\xff\x00\x07")
        elif self._bot.connection is not None:
            for message in ("[]", {"type": "signalling", "message": "?"}, {"label": "rtvi-ai", "type": 7}):
                self._bot.connection.send_app_message(message)


class BotPeer(Peer):
    def __init__(self, plan: Plan, kind: Kind) -> None:
        super().__init__(plan)
        self.server = PipecatServer(kind, self._begin)
        self._tasks: list[asyncio.Task[None]] = []

    def adapter(self) -> PipecatAgentAdapter:
        address = self.server.address
        name = "signaling_url" if "signaling_url" in address else "url"
        return PipecatAgentAdapter(
            **{**address, name: f"{address[name]}?token={_SECRETS[1]}"},
            headers={"Authorization": f"Bearer {_SECRETS[0]}"},
            custom_parameters={"session": _SECRETS[2]},
            request_data={"session": _SECRETS[2]},
        )

    async def join(self, adapter: PipecatAgentAdapter) -> None:
        async with asyncio.timeout(5):
            while not self.agents:  # noqa: ASYNC110  # the bot starts when it has been called
                await asyncio.sleep(0.01)

    def opening(self, adapter: PipecatAgentAdapter) -> list:
        async def joined(state) -> None:
            await self.join(adapter)

        return [joined]

    @property
    def digits(self) -> str:
        return self.server.bots[-1].digits

    @digits.setter
    def digits(self, value: str) -> None: ...

    def _begin(self, bot: Talker) -> None:
        agent = BotAgent(self.plan, BotWire(bot, self.server.url), "vad")
        agent.edge = bot.edge
        bot.listener, bot.on_interruption = agent.hear, agent.stop
        self.agents.append(agent)
        self._tasks.append(asyncio.create_task(self._converse(bot, agent)))

    async def _converse(self, bot: Talker, agent: ScriptedAgent) -> None:
        conversing = asyncio.create_task(self._converse_when_ready(bot, agent))
        try:
            await bot.gone.wait()
        finally:
            conversing.cancel()
            await asyncio.wait({conversing})

    async def _converse_when_ready(self, bot: Talker, agent: ScriptedAgent) -> None:
        await bot.ready.wait()
        await agent.converse()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[BotPeer]:
        async with self.server.serving():
            yield self
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


class PipecatRig(Rig):
    secrets = _SECRETS
    troubles = ("close", "reset", "garbage")
    at_once = 2
    peer_loggers = ("tests.", "uvicorn", "asyncio", "websockets", "starlette", "fastapi", "multipart")

    def __init__(self, kind: Kind) -> None:
        self.name: ClassVar[str] = f"pipecat-{kind}"  # type: ignore[misc]  # one class serves all kinds
        self.has_text: ClassVar[bool] = kind != "twilio"  # type: ignore[misc]
        self._kind: Kind = kind
        self.latency_tolerance: ClassVar[float] = 0.15 if kind == "webrtc" else 0.06  # type: ignore[misc]

    def peer(self, plan: Plan):
        return BotPeer(plan, self._kind).serving()

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[BotPeer]:
        peer = BotPeer(Plan(), self._kind)
        async with tcp_peer(http_answers((401, f"unknown keys: {', '.join(_SECRETS)}"))) as url:
            peer.server.url = url.replace("ws", "http", 1)
            yield peer


RIGS = [PipecatRig("twilio"), PipecatRig("protobuf")]
FURTHER = [PipecatRig("webrtc")]
