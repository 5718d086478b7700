"""An OTLP/HTTP endpoint on loopback that keeps what it receives."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class OtlpServer:
    url: str = ""
    status: int = 200
    paths: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    answering: Event = field(default_factory=Event)

    @property
    def span_names(self) -> list[str]:
        return [
            span.name
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@contextmanager
def otlp_server(*, answers: bool = True) -> Iterator[OtlpServer]:
    """Serve until the block ends; with `answers=False` requests are read and left without an answer."""
    state = OtlpServer()
    if answers:
        state.answering.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = ExportTraceServiceRequest()
            request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            state.paths.append(self.path)
            state.authorizations.append(self.headers["Authorization"])
            state.requests.append(request)
            state.answering.wait()
            self.send_response(state.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # The client may hang up before it is answered; a traceback on stderr would help nobody.
    server.handle_error = lambda request, address: None
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.answering.set()
        server.shutdown()
        thread.join()
        server.server_close()
