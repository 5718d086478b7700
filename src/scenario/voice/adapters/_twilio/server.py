"""The web server within the adapter's loop: bound when it says so, silent, and gone when it is told to go."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import uvicorn

from scenario.voice.adapters._twilio.listening import listening

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator

    from starlette.applications import Starlette

_LEFT_SECONDS = 0.2  # for what serves connections that were cut
_LOGGERS = ("uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class WebServer:
    """Serves an application on one port.

    Args:
        app: the application.
        host: the address to listen on.
        port: the port; 0 takes a free one.
    """

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._host = host
        self._wanted_port = port
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                proxy_headers=False,
                server_header=False,
            )
        )
        self._task: asyncio.Task[None] | None = None
        self.port = 0
        """The port that is bound."""

    async def start(self) -> None:
        """Begin to serve; returns when the port is bound.

        Raises:
            OSError: the port is in use, or the address is not this machine's.
        """
        listener = listening(self._host, self._wanted_port)
        self.port = listener.getsockname()[1]
        with _quiet():  # the task, and with it every connection, takes the setting along
            self._task = asyncio.create_task(self._server.serve([listener]), name="scenario twilio server")
        started = asyncio.create_task(self._server.bound.wait())
        try:
            await asyncio.wait({self._task, started}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            started.cancel()
        if self._task.done():
            listener.close()
            self._task.result()

    async def stop(self, seconds: float) -> None:
        """Free the port and end every connection, as it should be or, after some seconds, at once."""
        task, self._task = self._task, None
        if task is None:
            return
        self._server.should_exit = True
        try:
            await asyncio.wait({task}, timeout=seconds - _LEFT_SECONDS)
        finally:
            for connection in list(self._server.server_state.connections):
                transport: Any = getattr(connection, "transport", None)
                if transport is not None:
                    transport.abort()
            task.cancel()
            left = {task, *self._server.server_state.tasks}
            await asyncio.wait(left, timeout=_LEFT_SECONDS)
            for each in left:
                each.cancel()
            await asyncio.wait(left)
            if not task.cancelled() and (error := task.exception()) is not None:
                logging.getLogger("scenario.voice").warning("the web server ended with %r", error)


class _Server(uvicorn.Server):
    """Leaves the process' signals alone, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.bound = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.bound.set()


_is_quiet: ContextVar[bool] = ContextVar("scenario_twilio_quiet_server", default=False)


def _is_not_ours(record: logging.LogRecord) -> bool:
    return not _is_quiet.get()


@contextmanager
def _quiet() -> Generator[None]:
    """Drop what the server's libraries log in the block and in tasks begun there: headers, frames, tokens."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_not_ours)  # adding it again does nothing
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)
