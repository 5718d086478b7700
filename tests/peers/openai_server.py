"""A real HTTP server on loopback that speaks OpenAI's chat completions and misbehaves on request.

    async with OpenAIServer(["hello", Reply(status=503), {"lookup": {"id": 7}}]) as server:
        ...  # point a client at server.base_url
    assert server.requests[0].body["model"] == "gpt-5-mini"

Outside a coroutine, or for clients with loops of their own:

    with OpenAIServer([...]).in_thread() as server:
        ...
"""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Fault: TypeAlias = Literal["hang", "reset", "close", "half_body", "broken_json", "drip"]


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    Attributes:
        text: content of the assistant's message.
        tool_calls: pairs of tool name and arguments (a dict, or raw text).
        status: HTTP status; from 400 on the body is an OpenAI error object with `message` and `param`.
        message: text of the error.
        param: the parameter that the error refuses.
        headers: further response headers.
        body: the whole body, instead of a chat completion.
        finish_reason: overrides `stop` or `tool_calls`.
        usage: overrides the token counts.
        choices: `False` sends an empty list of choices.
        delay: seconds before the answer.
        fault: `hang` never answers, `reset` and `close` end the connection instead, `half_body` closes it in
            the middle of the body, `broken_json` sends half of it as if it were whole, `drip` sends one byte
            every 20 ms without end.
    """

    text: str | None = "ok"
    tool_calls: Sequence[tuple[str, Any]] = ()
    status: int = 200
    message: str = "something is wrong"
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    choices: bool = True
    delay: float = 0.0
    fault: Fault | None = None


Answer: TypeAlias = "str | Reply | Mapping[str, Any]"
"""Text, a whole reply, or `{tool name: arguments}`."""
Script: TypeAlias = "Answer | Iterable[Answer] | Callable[[Received], Any]"


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class OpenAIServer:
    """Answers `POST .../chat/completions` from a script and keeps every request.

    Attributes:
        requests: the requests, in order of arrival.
        connections: connections accepted so far.
        open_connections: connections open now.
    """

    def __init__(self, script: Script = "ok", *, refuses: Collection[str] = ()) -> None:
        """Prepare a server.

        Args:
            script: answers in order (afterwards "ok"); or one answer or a function of the request, which may
                be async, for all of them.
            refuses: top-level parameters whose presence is answered with a 400 that names them.
        """
        self.requests: list[Received] = []
        self.connections = 0
        self.open_connections = 0
        self.refuses = set(refuses)
        self._same: Any = script if isinstance(script, (str, Reply, Mapping)) or callable(script) else None
        self._rest: Iterator[Any] = iter(()) if self._same is not None else iter(script)
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._live: set[_Connection] = set()
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> OpenAIServer:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=2048)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._live):
            await connection.stop()
        await self._server.wait_closed()

    @contextmanager
    def in_thread(self) -> Iterator[OpenAIServer]:
        """Serve from a thread with a loop of its own."""
        started = threading.Event()
        stopping: asyncio.Event
        loop: asyncio.AbstractEventLoop

        async def serve() -> None:
            nonlocal stopping, loop
            stopping, loop = asyncio.Event(), asyncio.get_running_loop()
            async with self:
                started.set()
                await stopping.wait()

        thread = threading.Thread(target=asyncio.run, args=(serve(),), name="openai-server")
        thread.start()
        started.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(stopping.set)
            thread.join()

    async def until(self, condition: Callable[[OpenAIServer], bool]) -> None:
        """Wait, on the server's loop, until `condition` holds; checked at each request and disconnect."""
        async with asyncio.timeout(10):
            while not condition(self):
                self._changed.clear()
                await self._changed.wait()

    def changed(self) -> None:
        self._changed.set()

    async def reply_to(self, request: Received) -> Reply:
        """Choose the answer to one request."""
        self.requests.append(request)
        self.changed()
        body: dict[str, Any] = request.body if isinstance(request.body, dict) else {}
        refused = next((name for name in sorted(self.refuses) if name in body), None)
        if refused:
            return Reply(status=400, param=refused, message=f"Unsupported parameter: '{refused}'.")
        answer: Any = self._same if self._same is not None else next(self._rest, "ok")
        if callable(answer):
            answer = answer(request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, str):
            return Reply(answer)
        if isinstance(answer, Mapping):
            return Reply(text=None, tool_calls=tuple(answer.items()))
        return answer


class _Connection(asyncio.Protocol):
    """One keep-alive connection; requests on it are answered one after the other."""

    def __init__(self, server: OpenAIServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._server.connections += 1
        self._server.open_connections += 1
        self._server._live.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.open_connections -= 1
        self._server._live.discard(self)
        if self._task:
            self._task.cancel()
        self._server.changed()

    async def stop(self) -> None:
        self._transport.abort()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._task is None or self._task.done():
            self._next_request()

    def _next_request(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = end + 4 + int(headers.get("content-length", 0))
        if len(self._buffer) < size:
            return
        method, path, _ = first.split(" ")
        raw = bytes(self._buffer[end + 4 : size])
        del self._buffer[:size]
        request = Received(method, path, headers, json.loads(raw) if raw else None)
        self._task = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Received) -> None:
        reply = await self._server.reply_to(request)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.fault == "hang":
            await asyncio.Event().wait()
        elif reply.fault == "reset":
            self._transport.abort()
        elif reply.fault == "close":
            self._transport.close()
        else:
            await self._send(reply, json.dumps(_body(request, reply)).encode())

    async def _send(self, reply: Reply, body: bytes) -> None:
        if reply.fault == "broken_json":
            body = body[: len(body) // 2]
        head = f"HTTP/1.1 {reply.status} -\r\ncontent-type: application/json\r\n"
        head += f"content-length: {len(body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
        if reply.fault == "drip":
            self._transport.write(head.replace(f": {len(body)}\r", ": 1000000\r").encode() + b"\r\n")
            while True:
                self._transport.write(b" ")
                await asyncio.sleep(0.02)
        if reply.fault == "half_body":
            self._transport.write(head.encode() + b"\r\n" + body[: len(body) // 2])
            self._transport.close()
            return
        self._transport.write(head.encode() + b"\r\n" + body)
        self._task = None
        self._next_request()


def _body(request: Received, reply: Reply) -> Any:
    if reply.body is not None:
        return reply.body
    if reply.status >= 400:
        kind = "invalid_request_error"
        return {"error": {"message": reply.message, "type": kind, "param": reply.param, "code": None}}
    sent: dict[str, Any] = request.body or {}
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.tool_calls:
        message["tool_calls"] = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": name, "arguments": args if isinstance(args, str) else json.dumps(args)},
            }
            for number, (name, args) in enumerate(reply.tool_calls, 1)
        ]
    reason = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": sent.get("model", "none"),
        "choices": [{"index": 0, "message": message, "finish_reason": reason}] if reply.choices else [],
        "usage": reply.usage
        or {
            "prompt_tokens": 20,
            "completion_tokens": 5,
            "total_tokens": 25,
            "prompt_tokens_details": {"cached_tokens": 4},
        },
    }
