"""The agents service of ElevenLabs on loopback: its signed addresses and its conversations.

The official SDK can talk to it too, so that both sides of the comparison meet the same server.
"""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from websockets.exceptions import ConnectionClosed

from scenario.voice._audio.converter import Decoder, Encoder
from scenario.voice.adapters._elevenlabs.formats import NAMES
from tests.transports.peers.sockets import websocket_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

AGENT = "agent 1/2"
KEY = "SECRET-elevenlabs-key"
SIGNATURE = "SECRET-elevenlabs-signature"
_SIGNED = ("/v1/convai/conversation/get-signed-url", "/v1/convai/conversation/get_signed_url")


class AgentSession:
    """A conversation, from the side of the service.

    Attributes:
        events: all that the client said, audio aside.
        chunks: the bytes of each of its audio events.
        times: when each of these came, in seconds of the loop.
    """

    def __init__(self, connection: ServerConnection, service: LoopbackElevenLabs) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []
        self.chunks: list[bytes] = []
        self.times: list[float] = []
        self.others: list[str] = []  # keys of audio events other than the one they should have
        self._service = service
        self._decoder = Decoder(NAMES[service.input_format])
        self._encoder = Encoder(NAMES[service.output_format])
        self._changed = asyncio.Event()

    async def send(self, type: str, **facts: Any) -> None:
        await self.connection.send(json.dumps({"type": type, **facts}))

    async def begin(self) -> None:
        """Say in which formats we hear and speak."""
        await self.send(
            "conversation_initiation_metadata",
            conversation_initiation_metadata_event={
                "conversation_id": "conv_1",
                "agent_output_audio_format": self._service.announced_output or self._service.output_format,
                "user_input_audio_format": self._service.announced_input,
            },
        )

    async def say(self, pcm: bytes, event_id: int, text: str = "", *, last: bool = False) -> None:
        """Send canonical audio in one event."""
        data = self.encode(pcm) + (self._encoder.flush() if last else b"")
        await self.audio(data, event_id, text)

    def encode(self, pcm: bytes) -> bytes:
        """Return canonical audio as we send it."""
        return self._encoder.push(pcm)

    async def audio(self, data: bytes, event_id: int, text: str = "", **facts: Any) -> None:
        """Send bytes as audio; `text` is aligned at 50 ms a letter."""
        event = {"audio_base_64": base64.b64encode(data).decode(), "event_id": event_id, **facts}
        if text:
            event["alignment"] = {
                "chars": list(text),
                "char_start_times_ms": [50 * at for at in range(len(text))],
                "char_durations_ms": [50] * len(text),
            }
        await self.send("audio", audio_event=event)

    async def respond(self, text: str, event_id: int = 1) -> None:
        await self.send("agent_response", agent_response_event={"agent_response": text, "event_id": event_id})

    async def complete(self, event_id: int = 1) -> None:
        await self.send("agent_response_complete", agent_response_complete_event={"event_id": event_id})

    async def interrupt(self, event_id: int) -> None:
        await self.send("interruption", interruption_event={"event_id": event_id})

    async def ping(self, event_id: int, ping_ms: int | None = None) -> None:
        await self.send("ping", ping_event={"event_id": event_id, "ping_ms": ping_ms})

    async def call_tool(self, name: str, call_id: str, **parameters: Any) -> None:
        call = {"tool_name": name, "tool_call_id": call_id, "parameters": parameters}
        await self.send("client_tool_call", client_tool_call=call)

    async def until(self, type: str, count: int = 1) -> dict[str, Any]:
        """Wait for the n-th event of a type."""
        async with asyncio.timeout(10):
            while len(found := [event for event in self.events if event.get("type") == type]) < count:
                self._changed.clear()
                await self._changed.wait()
        return found[count - 1]

    async def heard(self) -> AsyncIterator[bytes]:
        """Give the user's audio as it comes, canonical, until the client is gone."""
        async for frame in self.connection:
            event = json.loads(frame)
            if "user_audio_chunk" in event:
                self.others += [key for key in event if key != "user_audio_chunk"]
                self.chunks.append(base64.b64decode(event["user_audio_chunk"], validate=True))
                self.times.append(asyncio.get_running_loop().time())
                yield self._decoder.push(self.chunks[-1])
            else:
                self.events.append(event)
            self._changed.set()


async def listen(session: AgentSession) -> None:
    """Be an agent that says nothing."""
    async for _ in session.heard():
        pass


class LoopbackElevenLabs:
    """One account with one agent.

    Attributes:
        url: of the REST interface; conversations are at the same host.
        sessions: conversations so far.
        refusal: code and reason with which conversations are closed instead of opened.
        announced_output: what is said instead of the truth about our audio.
        announced_input: what is said about the audio that we want.
        opens: whether conversations begin before the agent acts.
        signed: what is answered instead of a signed address.
    """

    def __init__(
        self,
        agent: Callable[[AgentSession], Awaitable[None]] = listen,
        *,
        input_format: str = "pcm_16000",
        output_format: str = "pcm_16000",
    ) -> None:
        self.url = ""
        self.input_format = input_format
        self.output_format = output_format
        self.announced_output = ""
        self.announced_input: str | None = input_format
        self.opens = True
        self.refusal: tuple[int, str] | None = None
        self.signed: object = None
        self.sessions: list[AgentSession] = []
        self.paths: list[str] = []
        self._agent = agent
        self._arrived = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[LoopbackElevenLabs]:
        async with websocket_peer(self._converse, process_request=self._request) as url:
            self.url = url.replace("ws://", "http://")
            yield self

    async def session(self, count: int = 1) -> AgentSession:
        """Wait for the n-th conversation."""
        async with asyncio.timeout(10):
            while len(self.sessions) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.sessions[count - 1]

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        self.paths.append(request.path)
        if parts.path not in (*_SIGNED, "/v1/convai/conversation"):
            return connection.respond(HTTPStatus.NOT_FOUND, "no such path\n")
        signed = query.get("conversation_signature") == [SIGNATURE]
        if request.headers.get("xi-api-key") != KEY and not signed:
            given = request.headers.get("xi-api-key")
            return connection.respond(HTTPStatus.UNAUTHORIZED, f"unknown key {given}\n")
        if query.get("agent_id") != [AGENT]:
            return connection.respond(HTTPStatus.NOT_FOUND, "unknown agent\n")
        if parts.path not in _SIGNED:
            return None
        base = self.url.replace("http://", "ws://")
        place = f"{base}/v1/convai/conversation?agent_id={quote(AGENT, safe='')}"
        url = self.signed or f"{place}&conversation_signature={SIGNATURE}"
        answer = connection.respond(HTTPStatus.OK, json.dumps({"signed_url": url}))
        del answer.headers["Content-Type"]
        answer.headers["Content-Type"] = "application/json"
        return answer

    async def _converse(self, connection: ServerConnection) -> None:
        session = AgentSession(connection, self)
        try:
            if self.refusal is not None:
                await connection.close(*self.refusal)
                return
            session.events.append(json.loads(await connection.recv()))  # the client speaks first
            if self.opens:
                await session.begin()
            self.sessions.append(session)
            self._arrived.set()
            await self._agent(session)
        except ConnectionClosed:
            pass
