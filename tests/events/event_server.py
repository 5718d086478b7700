"""A real HTTP server on loopback that takes events and misbehaves on request."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Reply:
    """One answer.

    Attributes:
        status: HTTP status.
        body: the body; `None` is what the platform answers.
        headers: further headers.
        hang: never answer.
        cut: close the connection instead of answering.
    """

    status: int = 201
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    hang: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.raw)


class EventServer:
    """Answers requests with `replies` in turn, then with `default`; keeps every request.

    Attributes:
        requests: what came in, in order.
        connections: how many connections were accepted.
        hold: while cleared, requests are recorded and not answered.
    """

    def __init__(self, *replies: Reply, default: Reply = Reply()) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.hold = threading.Event()
        self.hold.set()
        self._replies = list(replies)
        self._default = default
        self._closing = threading.Event()
        self._arrived = threading.Condition()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet, or each answer waits for a delayed ACK

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_POST(self) -> None:
                server._handle(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self.port = self._http.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> EventServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.hold.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [request.event for request in self.requests]

    @property
    def types(self) -> list[str]:
        return [event["type"].removeprefix("SCENARIO_") for event in self.events]

    def wait_for(self, count: int, timeout: float = 10) -> None:
        """Block until `count` requests have come in."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, timeout), self.types

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._arrived:
            headers = {name.lower(): value for name, value in handler.headers.items()}
            self.requests.append(Request(handler.path, headers, raw))
            reply = self._replies.pop(0) if self._replies else self._default
            self._arrived.notify_all()
        self.hold.wait()
        if reply.hang:
            self._closing.wait()
        if reply.hang or reply.cut:
            handler.close_connection = True
            return
        body = json.dumps({"success": True, "url": None}) if reply.body is None else reply.body
        handler.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(body.encode()))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body.encode())
