"""Hand-made requests to the receiver, and what it answers."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from google.rpc.status_pb2 import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.tracing import OtlpReceiver

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


@dataclass
class Reply:
    status: int
    content_type: str
    body: bytes

    @property
    def problem(self) -> str:
        """The message of a refusal."""
        if self.content_type == JSON:
            return json.loads(self.body)["message"]
        return Status.FromString(self.body).message


def connect(receiver: OtlpReceiver) -> HTTPConnection:
    return HTTPConnection(urlsplit(receiver.endpoint).netloc, timeout=10)


def post(
    receiver: OtlpReceiver, body: bytes | Iterable[bytes] = b"", *, path: str = "/v1/traces", **headers: str
) -> Reply:
    """Send a request; headers are given with `_` for `-`. A body in pieces is sent in chunks."""
    names = {"Content-Type": PROTOBUF} | {key.replace("_", "-"): value for key, value in headers.items()}
    with closing(connect(receiver)) as connection:
        connection.request("POST", path, body, names)
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers["Content-Type"], reply.read())


def json_request(**span: Any) -> bytes:
    """An export request of one span in OTLP's JSON form."""
    given = {"name": "look_up_stock", "startTimeUnixNano": "1", "endTimeUnixNano": "2", **span}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [given]}]}]}).encode()
