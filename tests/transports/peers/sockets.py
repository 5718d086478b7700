"""Servers on loopback: WebSockets that do as a test says, and TCP ones that are no WebSockets at all."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection, serve

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable


QUIET = logging.getLogger("tests.peer")
"""For servers: what they log of requests is not ours to answer for when tests look for secrets in logs."""
QUIET.propagate = False


@asynccontextmanager
async def websocket_peer(
    handler: Callable[[ServerConnection], Awaitable[None]],
    *,
    tls: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[str]:
    """Serve WebSockets with `handler`; give the URL. It must return when its connection is closed."""
    async with serve(
        handler, "127.0.0.1", 0, ssl=tls, **{"max_size": 2**24, "logger": QUIET, **options}
    ) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"{'ws' if tls is None else 'wss'}://127.0.0.1:{port}"


@asynccontextmanager
async def tcp_peer(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Serve TCP with `handler`; give a `ws://` URL for it. Connections end with the server."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await server.wait_closed()


def http_answers(*answers: tuple[int, str]) -> Callable[[Any, Any], Awaitable[None]]:
    """Return a TCP handler that answers each connection's request with the next status and body."""
    left = list(answers)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        status, body = left.pop(0) if len(left) > 1 else left[0]
        head = f"HTTP/1.1 {status} Some\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()

    return handler


def reset(connection: ServerConnection) -> None:
    """Break a connection off with a TCP reset: no close frame, no orderly end."""
    raw = connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.transport.abort()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
