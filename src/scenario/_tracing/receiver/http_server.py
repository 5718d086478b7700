"""The receiver's connections: one thread that accepts, one for each connection, none after closing."""

from __future__ import annotations

import logging
import socket
import sys
from contextlib import suppress
from functools import partial
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any

from scenario._tracing.receiver.trace_handler import TraceHandler

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario._tracing.receiver.trace_handler import Take

logger = logging.getLogger("scenario")

_NAME = "scenario-otlp-receiver"
_POLL = 0.05  # seconds; `close` waits up to so long


class TraceServer:
    """Serves on an address from the moment it is made until it is closed.

    Args:
        address: host and port; port 0 takes a free one.
        take: is called with the spans of each request, from any thread, before the request is answered.
        max_request_bytes: largest body of a request.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(self, address: tuple[str, int], take: Take, *, max_request_bytes: int) -> None:
        self._server = _Server(address, partial(TraceHandler, take=take, max_request_bytes=max_request_bytes))
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL,), name=_NAME, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.server_address[1]

    def close(self) -> None:
        """Stop listening, hang up on every client, and wait until no thread is left."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


# Not http.server's own server class: that one looks up the name of its address, which may take seconds.
class _Server(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[..., TraceHandler]) -> None:
        self._connections: dict[Thread, Any] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = Thread(
            target=self.process_request_thread, args=(request, client_address), name=_NAME, daemon=True
        )
        thread.start()
        # Only the thread that accepts changes them, so that closing can wait for each to the very end.
        alive = {other: its for other, its in self._connections.items() if other.is_alive()}
        self._connections = {**alive, thread: request}

    def server_close(self) -> None:
        super().server_close()
        for thread, connection in self._connections.items():
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        level = logging.DEBUG if isinstance(error, OSError) else logging.ERROR  # the former: it hung up
        logger.log(level, "a request to the OTLP receiver failed", exc_info=error)
