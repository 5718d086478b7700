"""A web application on a loopback port, by the server that most agents run under."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from tests.transports.peers.sockets import reset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


_SERVERS: dict[str, uvicorn.Server] = {}


def reset_connections(url: str) -> None:
    """Break off every connection of the server at `url` with a TCP reset."""
    for connection in list(_SERVERS[url].server_state.connections):
        reset(connection)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:  # the tests' own
        yield


@asynccontextmanager
async def asgi_peer(app: Any) -> AsyncIterator[str]:
    """Serve `app`; give its `http://` URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    _SERVERS[url] = server
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  # it has no event for that
            await asyncio.sleep(0.01)
        yield url
    finally:
        del _SERVERS[url]
        server.should_exit = True
        await asyncio.wait({task}, timeout=5)
        task.cancel()
        await asyncio.wait({task})
        listener.close()
