"""One connection to the receiver: which requests are taken, and what is answered.

The protocol: https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToJson
from google.protobuf.message import DecodeError
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from scenario._tracing.receiver.json_form import request_of_json
from scenario._tracing.receiver.refusal import RefusedError
from scenario._tracing.receiver.request_body import read_body
from scenario._tracing.receiver.spans import spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from google.protobuf.message import Message
    from opentelemetry.sdk.trace import ReadableSpan

    Take: TypeAlias = Callable[[Iterable[ReadableSpan]], None]

_PATH = "/v1/traces"
_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"
_BODY_SECONDS = 30.0
_CLOSING_SECONDS = 2.0


class TraceHandler(BaseHTTPRequestHandler):
    """Answers `POST /v1/traces`.

    Args:
        args: what the server hands to every handler.
        take: gets the spans of a request.
        max_request_bytes: largest body of a request, also after decompression.
    """

    protocol_version = "HTTP/1.1"
    timeout = 30.0  # seconds without a byte

    def __init__(self, *args: Any, take: Take, max_request_bytes: int) -> None:
        self._take = take
        self._limit = max_request_bytes
        self._is_json = False
        super().__init__(*args)  # handles the whole connection

    def do_POST(self) -> None:
        """Take one export request."""
        try:
            spans = list(spans_of(self._request()))
        except RefusedError as refusal:
            self._refuse(refusal)
            return
        valid = [span for span in spans if span is not None]
        self._take(valid)
        response = ExportTraceServiceResponse()
        if rejected := len(spans) - len(valid):
            response.partial_success.rejected_spans = rejected
            response.partial_success.error_message = "trace ids have 16 bytes, span ids 8, and not all are 0"
        self._answer(HTTPStatus.OK, response)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: whoever sends is told."""

    def _request(self) -> ExportTraceServiceRequest:
        if self.path.partition("?")[0] != _PATH:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"this is an OTLP receiver of traces: POST {_PATH}")
        content_type = self.headers.get_content_type()
        self._is_json = content_type == _JSON
        if content_type not in (_PROTOBUF, _JSON):
            raise RefusedError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"Content-Type is {content_type!r}, expected {_PROTOBUF} or {_JSON}",
            )
        body = read_body(self.rfile, self.headers, limit=self._limit, seconds=_BODY_SECONDS)
        try:
            return request_of_json(body) if self._is_json else ExportTraceServiceRequest.FromString(body)
        except (DecodeError, ValueError) as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"the body is no export request: {error}") from error

    def _answer(self, status: HTTPStatus, content: Message) -> None:
        body = MessageToJson(content).encode() if self._is_json else content.SerializeToString()
        self.send_response(status)
        self.send_header("Content-Type", _JSON if self._is_json else _PROTOBUF)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, refusal: RefusedError) -> None:
        # Where the next request would begin is not known: the body may not have been read.
        self.close_connection = True
        self._answer(refusal.status, Status(message=refusal.message))
        # Closing on data that was not read would reset the connection, and the answer might be lost.
        deadline = time.monotonic() + _CLOSING_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_CLOSING_SECONDS)
            while time.monotonic() < deadline and self.connection.recv(65_536):
                pass
