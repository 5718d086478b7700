"""Vapi on loopback: its REST interface, which makes calls, and the calls. They run until they are ended."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from scenario.voice._audio.converter import Decoder, Encoder
from tests.transports.peers.sockets import tcp_peer, websocket_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from websockets.asyncio.server import ServerConnection

ASSISTANT = "assistant-1"
KEY = "SECRET-vapi-key"


@dataclass(eq=False)
class PaidCall:
    """A call.

    Attributes:
        id: its name, which is all that one needs to take part.
        body: what it was asked for with.
        ended_by: what ended it: `websocket`, `control` or `assistant`; empty while it runs.
        messages: texts that came on it.
        frames: sizes of the audio frames that came.
        times: when they came, in seconds of the loop.
    """

    id: str
    body: dict[str, Any]
    obeys: str | None
    ended_by: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    connection: ServerConnection | None = None
    wraps: bool = False

    def __post_init__(self) -> None:
        format = f"pcm16/{self.body['transport']['audioFormat']['sampleRate']}"
        self.encoder, self._decoder = Encoder(format), Decoder(format)
        self.connected = asyncio.Event()

    async def say(self, pcm: bytes) -> None:
        """Send canonical audio."""
        assert self.connection is not None
        if data := self.encoder.push(pcm):
            await self.connection.send(data)

    async def tell(self, type: str, **facts: Any) -> None:
        assert self.connection is not None
        message = {"type": type, **facts}
        await self.connection.send(json.dumps({"message": message} if self.wraps else message))

    async def speaking(self, role: str, *, begins: bool) -> None:
        await self.tell("speech-update", status="started" if begins else "stopped", role=role)

    async def transcript(self, role: str, text: str, *, final: bool) -> None:
        kind = "final" if final else "partial"
        await self.tell("transcript", role=role, transcriptType=kind, transcript=text)

    async def heard(self) -> AsyncIterator[bytes]:
        """Give the user's audio as it comes, canonical, until the call ends or the client is gone."""
        assert self.connection is not None
        async for frame in self.connection:
            if isinstance(frame, bytes):
                self.frames.append(len(frame))
                self.times.append(asyncio.get_running_loop().time())
                yield self._decoder.push(frame)
                continue
            self.messages.append(json.loads(frame))
            if self.messages[-1] == {"type": self.obeys}:
                await self.end("websocket")
                return

    async def end(self, by: str) -> None:
        """End the call, and say so."""
        self.ended_by = self.ended_by or by
        if self.connection is None:
            return
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(1):  # whoever is on the call may take nothing in
                await self.tell("status-update", status="ended", endedReason=f"{by}-ended-call")
                await self.connection.close()


async def listen(call: PaidCall) -> None:
    """Be an assistant that says nothing."""
    async for _ in call.heard():
        pass


class LoopbackVapi:
    """One account with one assistant.

    Attributes:
        url: of the REST interface.
        calls: all that were made.
        refusal: status and body that are answered to requests for calls.
        answer: changes what is answered to them.
        obeys: the message on their WebSocket that ends calls, if there is one.
        delay: seconds until a request for a call is answered; the call is made at once.
        accepts: whether calls can be connected to.
        handshake_seconds: how long that takes.
        controls: headers and bodies that came to control addresses.
    """

    def __init__(self, assistant: Callable[[PaidCall], Awaitable[None]] = listen) -> None:
        self.url = ""
        self.calls: list[PaidCall] = []
        self.refusal: tuple[int, str] | None = None
        self.answer: Callable[[dict[str, Any]], Any] = lambda answer: answer
        self.obeys: str | None = "end-call"
        self.delay = 0.0
        self.accepts = True
        self.handshake_seconds = 0.0
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self._assistant = assistant
        self._media = ""

    @property
    def open_calls(self) -> int:
        """How many calls cost money at this moment."""
        return sum(not call.ended_by for call in self.calls)

    @property
    def controls(self) -> list[tuple[dict[str, str], Any]]:
        return [(headers, body) for _, path, headers, body in self.requests if path.startswith("/control/")]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[LoopbackVapi]:
        media = websocket_peer(self._take_call, process_request=self._shake_hands)
        async with media as self._media, tcp_peer(self._serve) as url:
            self.url = url.replace("ws://", "http://")
            yield self

    async def _shake_hands(self, connection: ServerConnection, request: Any) -> None:
        await asyncio.sleep(self.handshake_seconds)

    async def _take_call(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        (call,) = [call for call in self.calls if connection.request.path == f"/{call.id}/transport"]
        if not self.accepts:
            await connection.close(1013, "try again later")
            return
        call.connection = connection
        call.connected.set()
        with suppress(ConnectionClosed):
            await self._assistant(call)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"null")
        method, path, _ = request.split(" ")
        self.requests.append((method, path, headers, body))
        status, answer = await self._answer(method, path, headers, body)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        kind = "Content-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n{kind}\r\n{text}".encode())
        await writer.drain()

    async def _answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        if method == "POST" and path.startswith("/control/"):
            (call,) = [call for call in self.calls if path == f"/control/{call.id}"]
            if body == {"type": "end-call"}:
                await call.end("control")
            return 200, {}
        if (method, path) != ("POST", "/call"):
            return 404, {"message": "Not Found"}
        if self.refusal is not None:
            return self.refusal
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"message": f"Invalid Key {headers.get('authorization')}"}
        if body.get("assistantId") != ASSISTANT:
            return 400, {"message": ["assistantId must be a valid assistant"]}
        call = PaidCall(f"SECRET-call-{len(self.calls)}-7420f27a-30fd-4f49", body, self.obeys)
        self.calls.append(call)
        await asyncio.sleep(self.delay)
        return 201, self.answer(
            {
                "id": call.id,
                "orgId": "org",
                "type": "vapi.websocketCall",
                "status": "queued",
                "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-01T00:00:00.000Z",
                "transport": {
                    "provider": "vapi.websocket",
                    "websocketCallUrl": f"{self._media}/{call.id}/transport",
                },
                "monitor": {"controlUrl": f"{self.url}/control/{call.id}"},
            }
        )
