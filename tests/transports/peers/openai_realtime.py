"""A realtime server on loopback: as strict about who may send what, and when, as the provider's own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
from tests.transports.peers.official_openai import SERVER, check_client_frame, server_event
from tests.transports.peers.sockets import websocket_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from websockets.asyncio.server import ServerConnection

    Act = Callable[["Response"], Awaitable[None]]

_BETA_NAMES = {
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
_ids = itertools.count(1)


def new_id(kind: str) -> str:
    return f"{kind}_{next(_ids)}"


class Response:
    """A response in the making: what the model says and calls."""

    def __init__(self, connection: Connection, asked: dict[str, Any]) -> None:
        self.id = new_id("resp")
        self.asked = asked
        self.connection = connection
        self.output: list[dict[str, Any]] = []
        self.status = "in_progress"
        self._item = ""

    @property
    def heard(self) -> str:
        """What the user said in the turn that is answered."""
        return self.connection.turns[-1] if self.connection.turns else ""

    async def begin(self) -> None:
        await self._send("response.created", response=self.json())

    async def speak(self, pcm: bytes, text: str = "") -> None:
        """Say a piece, in the item that is open or in a new one."""
        if not self._item:
            self._item = new_id("item")
            await self.tell("response.output_item.added", item=self._message("in_progress"))
        self.connection.audio[self._item] = self.connection.audio.get(self._item, 0) + len(pcm)
        self.connection.words[self._item] = self.connection.words.get(self._item, "") + text
        where = {"item_id": self._item, "content_index": 0}
        if text:
            await self.tell("response.output_audio_transcript.delta", delta=text, **where)
        await self.tell("response.output_audio.delta", delta=base64.b64encode(pcm).decode(), **where)

    async def say(self, text: str, *, piece: float = 0.2, pause: float = 0.0) -> None:
        """Say a text with the offline voice, faster than anyone could speak, and close its item."""
        audio = OfflineTTS().speak(text, "agent").data
        size = int(piece * BYTES_PER_SECOND)
        starts = range(0, len(audio), size)
        words = text.split(" ")
        for number, start in enumerate(starts):
            due = [len(words) * count // len(starts) for count in (number, number + 1)]
            delta = "".join(f"{' ' if at else ''}{words[at]}" for at in range(*due))
            await self.speak(audio[start : start + size], delta)
            await asyncio.sleep(pause)
        await self.close_item(text)

    async def close_item(self, text: str | None = None) -> None:
        if not self._item:
            return
        transcript = self.connection.words[self._item] if text is None else text
        where = {"item_id": self._item, "content_index": 0}
        await self.tell("response.output_audio_transcript.done", transcript=transcript, **where)
        message = self._message("completed")
        await self.tell("response.output_item.done", item=message)
        self.output.append(message)
        self._item = ""

    async def call(self, name: str, *pieces: str, call_id: str | None = None, said: str | None = None) -> str:
        """Call a tool; the arguments come in pieces, `said` is what the final event says they were."""
        call_id = call_id or new_id("call")
        item = {
            "id": new_id("fc"),
            "type": "function_call",
            "call_id": call_id,
            "name": name,
            "arguments": "",
        }
        await self.tell("response.output_item.added", item=item)
        where = {"item_id": item["id"], "call_id": call_id}
        for piece in pieces:
            await self.tell("response.function_call_arguments.delta", delta=piece, **where)
        final = "".join(pieces) if said is None else said
        named = {} if self.connection.beta else {"name": name}
        await self.tell("response.function_call_arguments.done", arguments=final, **where, **named)
        done = {**item, "arguments": final}
        await self.tell("response.output_item.done", item=done)
        self.output.append(done)
        self.connection.calls.add(call_id)
        return call_id

    async def finish(self, status: str = "completed", **details: Any) -> None:
        """End, unless it has ended."""
        if self.status != "in_progress":
            return
        if status == "completed":
            await self.close_item()
        self.status = status
        if self.connection.response is self:
            self.connection.response = None
        await self._send("response.done", response=self.json({"type": status, **details}))

    def json(self, details: dict[str, Any] | None = None) -> dict[str, Any]:
        known = {"id": self.id, "object": "realtime.response", "status": self.status, "output": self.output}
        return known if details is None else {**known, "status_details": details}

    def _message(self, status: str) -> dict[str, Any]:
        return {"id": self._item, "type": "message", "role": "assistant", "status": status, "content": []}

    async def tell(self, type: str, **fields: Any) -> None:
        """Send an event of this response."""
        await self._send(type, response_id=self.id, output_index=0, **fields)

    async def _send(self, type: str, **fields: Any) -> None:
        await self.connection.send(type, **fields)


class Connection:
    """One session: what was said in it, and what the server refuses."""

    def __init__(self, server: RealtimeServer, socket: ServerConnection) -> None:
        self.server = server
        self.socket = socket
        self.beta = socket.request.headers.get("OpenAI-Beta") == "realtime=v1"
        self.frames: list[dict[str, Any]] = []
        self.errors: list[str | None] = []  # codes of errors that were sent
        self.turns: list[str] = []
        self.truncated: dict[str, int] = {}
        self.audio: dict[str, int] = {}  # bytes of each item
        self.words: dict[str, str] = {}
        self.calls: set[str] = set()
        self.results: dict[str, str] = {}
        self.buffer = bytearray()
        self.response: Response | None = None
        self.session: dict[str, Any] = {}

    def sent(self, type: str) -> list[dict[str, Any]]:
        """Return the frames of a type that arrived."""
        return [frame for frame in self.frames if frame["type"] == type]

    async def serve(self) -> None:
        await self.send("session.created", session=self._session({"voice": "alloy"} if self.beta else {}))
        async for text in self.socket:
            frame = json.loads(text)
            self.frames.append(frame)
            await asyncio.sleep(self.server.latency)
            await self._take(frame)

    async def send(self, type: str, **fields: Any) -> None:
        name = _BETA_NAMES.get(type, type) if self.beta or self.server.old_names else type
        event = server_event(name, beta=name not in SERVER[False] or self.beta, **fields)
        with contextlib.suppress(Exception):  # the client has gone
            await self.socket.send(json.dumps(event))

    async def refuse(self, frame: dict[str, Any], code: str | None, message: str) -> None:
        self.errors.append(code)
        error = {"type": "invalid_request_error", "code": code, "message": message, "param": None}
        await self.send("error", error={**error, "event_id": frame.get("event_id")})

    def _session(self, given: dict[str, Any]) -> dict[str, Any]:
        return given if self.beta else {"type": "realtime", **given}

    async def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "session.update":
                self.session = frame["session"]
                await self.server.update(self)
            case "input_audio_buffer.append":
                pcm = base64.b64decode(frame["audio"])
                self.buffer += pcm
                await self.server.hear(self, pcm)
            case "input_audio_buffer.commit":
                await self._commit(frame)
            case "response.create":
                await self._create(frame)
            case "response.cancel":
                await self._cancel(frame)
            case "conversation.item.truncate":
                await self._truncate(frame)
            case "conversation.item.create":
                await self._item(frame)
            case _:
                await self.refuse(frame, "unknown_event", f"there is no {frame['type']}")

    async def _commit(self, frame: dict[str, Any]) -> None:
        if len(self.buffer) < 4800:
            await self.refuse(frame, "input_audio_buffer_commit_empty", "expected at least 100ms of audio")
            return
        self.turns.append(OfflineSTT().hear(bytes(self.buffer)))
        self.buffer.clear()
        item = new_id("item")
        await self.send("input_audio_buffer.committed", item_id=item, previous_item_id=None)
        usage = {"type": "duration", "seconds": 1.0}
        said = {"item_id": item, "content_index": 0, "transcript": self.turns[-1]}
        await self.send("conversation.item.input_audio_transcription.completed", usage=usage, **said)
        await self.server.committed(self)

    async def _create(self, frame: dict[str, Any]) -> None:
        if self.response is not None:
            text = "Conversation already has an active response"
            await self.refuse(frame, "conversation_already_has_active_response", text)
            return
        await self.respond(frame.get("response") or {})

    async def respond(self, asked: dict[str, Any]) -> None:
        """Begin a response, asked for or not."""
        self.response = Response(self, asked)
        await self.response.begin()
        self.server.answer(self.response)

    async def _cancel(self, frame: dict[str, Any]) -> None:
        response = self.response
        if response is None or frame.get("response_id", response.id) != response.id:
            await self.refuse(
                frame, "response_cancel_not_active", "Cancellation failed: no active response found"
            )
            return
        await self.stop(response, "client_cancelled")

    async def stop(self, response: Response, reason: str) -> None:
        """Cancel a response, whoever wants it."""
        await response.finish("cancelled", reason=reason)

    async def _truncate(self, frame: dict[str, Any]) -> None:
        item, end = frame["item_id"], frame["audio_end_ms"]
        known = self.audio.get(item)
        if known is None:
            await self.refuse(
                frame, "unsupported_content_type", "Only model output audio messages can be truncated"
            )
        elif end * 48 > known:
            text = f"Audio content of {known // 48}ms is already shorter than {end}ms"
            await self.refuse(frame, "invalid_value", text)
        else:
            self.truncated[item] = end
            fields = {"item_id": item, "content_index": 0, "audio_end_ms": end}
            await self.send("conversation.item.truncated", **fields)

    async def _item(self, frame: dict[str, Any]) -> None:
        item = frame["item"]
        if item["type"] != "function_call_output":
            self.turns.append(" ".join(part["text"] for part in item["content"]))
        elif item["call_id"] not in self.calls:
            await self.refuse(frame, "invalid_value", f"Tool call ID {item['call_id']!r} not found")
        else:
            self.results[item["call_id"]] = item["output"]


class RealtimeServer:
    """Answers each request with the next act; without one it says nothing.

    Attributes:
        connections: so far.
        old_names: whether it uses the older protocol's names in a session of today's.
        latency: seconds that it takes to heed a frame.
        url: for `base_url`.
    """

    def __init__(self, acts: Iterable[Act] = (), *, old_names: bool = False, latency: float = 0.0) -> None:
        self.connections: list[Connection] = []
        self.requests: list[Any] = []
        self.old_names = old_names
        self.latency = latency
        self.url = ""
        self._acts = deque(acts)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def last(self) -> Connection:
        return self.connections[-1]

    async def serve(self, socket: ServerConnection) -> None:
        self.requests.append(socket.request)
        query = parse_qs(urlsplit(socket.request.path).query)
        assert query["model"] != []
        connection = self.connect(socket)
        self.connections.append(connection)
        await connection.serve()

    def connect(self, socket: ServerConnection) -> Connection:
        return Connection(self, socket)

    async def update(self, connection: Connection) -> None:
        """The client has sent its settings."""
        await connection.send("session.updated", session=connection.session)

    async def hear(self, connection: Connection, pcm: bytes) -> None:
        """Audio of the user has arrived."""

    async def committed(self, connection: Connection) -> None:
        """The user's turn is over."""

    def answer(self, response: Response) -> None:
        """Act, and end the response if that has not been done."""
        act = self._acts.popleft() if self._acts else None
        if act is None:
            return
        task = asyncio.create_task(self._perform(act, response))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _perform(self, act: Act, response: Response) -> None:
        await act(response)
        await response.finish()


@asynccontextmanager
async def realtime_server(*acts: Act, **options: Any) -> AsyncIterator[RealtimeServer]:
    """Serve; every frame that arrived is checked with the provider's types at the end."""
    server = RealtimeServer(acts, **options)
    async with websocket_peer(server.serve) as url:
        server.url = f"{url}/v1"
        yield server
        await server.close()
    for connection in server.connections:
        for frame in connection.frames:
            check_client_frame(frame, beta=connection.beta)


def says(text: str, **how: Any) -> Act:
    """Return an act that says a text."""

    async def act(response: Response) -> None:
        await response.say(text, **how)

    return act
