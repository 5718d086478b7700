"""OpenAI's realtime models: turns committed by hand, and turns that the server detects."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from scenario.voice import OpenAIRealtimeAgentAdapter
from scenario.voice._vad.detector import SpeechDetector
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.official_openai import check_client_frame
from tests.transports.peers.openai_realtime import Connection, RealtimeServer, Response
from tests.transports.peers.sockets import http_answers, reset, tcp_peer, websocket_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.server import ServerConnection

_KEY = "SECRET-openai-realtime"


class ModelWire(Wire):
    """Speaks in the response that is being made; what nobody waits for any more is dropped.

    A turn of the user is committed first and its answer asked for afterwards. An agent that is quicker than
    that waits for the request: what it said before would be lost.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._response: Response | None = None

    async def begin(self) -> None:
        if not self.connection.session_turns:
            self._response = await self.connection.requested.get()
            return
        if self.connection.response is None:
            await self.connection.respond({})
        self._response = self.connection.response

    async def audio(self, pcm: bytes, text: str) -> None:
        if self._response is not None and self._response.status == "in_progress":
            await self._response.speak(pcm, text)

    async def odd(self, pcm: bytes, text: str) -> None:
        await self.audio(pcm[:101], text)
        await self.audio(pcm[101:], "")

    async def end(self, *, stopped: bool) -> None:
        if self._response is not None and not stopped:
            await self._response.finish()

    async def close(self) -> None:
        await self.connection.socket.close(1011, f"the model failed; your key was {_KEY}")

    async def reset(self) -> None:
        reset(self.connection.socket)

    async def garbage(self) -> None:
        await self.connection.socket.send("{ this is not what was agreed")


class ModelConnection(Connection):
    """A session in which a scripted agent is the model."""

    def __init__(self, server: RealtimeServer, socket: ServerConnection, plan: Plan, *, turns: bool) -> None:
        super().__init__(server, socket)
        self.session_turns = turns
        self.asked_for = 0
        self.opened = False
        self.requested: asyncio.Queue[Response] = asyncio.Queue()
        """The responses in which the agent is to say its answers, one each."""
        self.detector = SpeechDetector()
        end = "vad" if turns else "explicit"
        self.agent = ScriptedAgent(plan, ModelWire(self), end, waits_to_be_asked=True)

    async def serve(self) -> None:
        conversing = asyncio.create_task(self.agent.converse())
        try:
            await super().serve()
        finally:
            conversing.cancel()
            await asyncio.wait({conversing})

    async def stop(self, response: Response, reason: str) -> None:
        if self.agent.speaking.is_set():
            self.agent.stop()
        await super().stop(response, reason)


class ModelServer(RealtimeServer):
    def __init__(self, peer: ModelPeer, *, turns: bool) -> None:
        super().__init__()
        self._peer = peer
        self._turns = turns

    def connect(self, socket: ServerConnection) -> ModelConnection:
        connection = ModelConnection(self, socket, self._peer.plan, turns=self._turns)
        self._peer.agents.append(connection.agent)
        return connection

    async def hear(self, connection: ModelConnection, pcm: bytes) -> None:
        connection.agent.hear(pcm)
        if not self._turns:
            return
        for edge in connection.detector.push(pcm):
            at = edge.sample // 24
            if edge.kind == "start":
                await connection.send(
                    "input_audio_buffer.speech_started", audio_start_ms=at, item_id="item_user"
                )
                if connection.response is not None:
                    await connection.stop(connection.response, "turn_detected")
            else:
                await connection.send(
                    "input_audio_buffer.speech_stopped", audio_end_ms=at, item_id="item_user"
                )

    async def committed(self, connection: ModelConnection) -> None:
        connection.asked_for += 1
        connection.agent.user_done()

    def answer(self, response: Response) -> None:
        connection = response.connection
        if connection.asked_for:
            connection.asked_for -= 1
            connection.requested.put_nowait(response)
            return
        if not self._turns and connection.agent.plan.opening is not None and not connection.opened:
            connection.opened = True
            connection.requested.put_nowait(response)
        connection.agent.asked()


class ModelPeer(Peer):
    url = ""

    def __init__(self, plan: Plan, *, turns: bool) -> None:
        super().__init__(plan)
        self.server = ModelServer(self, turns=turns)
        self._turns: dict[str, Any] | None = {"type": "server_vad"} if turns else None

    def adapter(self) -> OpenAIRealtimeAgentAdapter:
        return OpenAIRealtimeAgentAdapter(
            instructions="Be brief.", api_key=_KEY, base_url=f"{self.url}/v1", turn_detection=self._turns
        )

    def check_sent(self) -> int:
        frames = [frame for connection in self.server.connections for frame in connection.frames]
        for frame in frames:
            check_client_frame(frame)
        return len(frames)


class OpenAIRealtimeRig(Rig):
    secrets = (_KEY,)
    has_text = True
    official = True

    def __init__(self, name: str, *, turns: bool) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves both modes
        self._turns = turns

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[ModelPeer]:
        peer = ModelPeer(plan, turns=self._turns)
        async with websocket_peer(peer.server.serve) as peer.url:
            yield peer

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[ModelPeer]:
        peer = ModelPeer(Plan(), turns=self._turns)
        async with tcp_peer(http_answers((401, f"Incorrect API key provided: {_KEY}"))) as peer.url:
            yield peer


RIGS = [OpenAIRealtimeRig("openai-realtime", turns=False)]
FURTHER = [OpenAIRealtimeRig("openai-realtime-vad", turns=True)]
