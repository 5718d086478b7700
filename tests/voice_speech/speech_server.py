"""A real HTTP server on loopback that keeps what it is asked and answers what the test says."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Asked:
    """One request."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, tuple[str | None, bytes]]:
        """The fields of a multipart form: file name and content."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + self.body).iter_parts()
        return {
            part.get_param("name", header="content-disposition"): (
                part.get_filename(),
                part.get_payload(decode=True),
            )
            for part in parts
        }


@dataclass(frozen=True)
class Answer:
    """What comes back; `drop` ends the connection instead."""

    body: Any = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    drop: bool = False


class SpeechServer:
    """Answers with `answers` in order, the last one again and again; a function is asked for its answer."""

    def __init__(self, *answers: Answer | Callable[[Asked], Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.connections = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self.at_once = self.most_at_once = 0

    async def __aenter__(self) -> SpeechServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.current_task())
        try:
            while True:
                asked = await self._read(reader)
                self.asked.append(asked)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                answer = answer if isinstance(answer, Answer) else answer(asked)
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await asyncio.sleep(answer.delay)
                self.at_once -= 1
                if answer.drop:
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                head = [f"HTTP/1.1 {answer.status} X", f"content-length: {len(body)}"]
                head += [f"{name}: {value}" for name, value in answer.headers]
                writer.write("\r\n".join([*head, "", ""]).encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # The client has closed the connection, or the test is over.
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:-2])}
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await reader.readline(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(lines[0].split(" ")[1], headers, body)


@asynccontextmanager
async def serving(*answers: Answer | Callable[[Asked], Answer]):
    """Serve within the block, and close the clients of this event loop after it."""
    from scenario._model.clients import aclose_clients

    async with SpeechServer(*answers) as server:
        try:
            yield server
        finally:
            await aclose_clients()
