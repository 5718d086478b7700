"""What the receiver does not take, and how it says so."""

from __future__ import annotations

import gzip
import logging
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario.tracing import OtlpReceiver

from .requests import JSON, PROTOBUF, json_request, post

LIMIT = 2_000


@pytest.fixture
def small_receiver(call):
    with OtlpReceiver(collector=call.collector, max_request_bytes=LIMIT) as receiver:
        yield receiver


def send(receiver, head: str, body: bytes = b"") -> bytes:
    """Send a request as it stands, and return all that comes back until the receiver hangs up."""
    address = urlsplit(receiver.endpoint)
    with closing(socket.create_connection((address.hostname, address.port), timeout=10)) as connection:
        connection.sendall(
            f"POST /v1/traces HTTP/1.1\r\nContent-Type: {PROTOBUF}\r\n{head}\r\n".encode() + body
        )
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65_536):
            received += data
        return received


@pytest.mark.parametrize("path", ["/", "/v1/metrics", "/v1/logs", "/v1/traces/more"])
def test_other_paths_are_not_found(receiver, path):
    reply = post(receiver, path=path)
    assert reply.status == 404
    assert "POST /v1/traces" in reply.problem


@pytest.mark.parametrize("content_type", ["text/plain", "application/json-patch+json", ""])
def test_other_content_types_are_unsupported(receiver, content_type):
    reply = post(receiver, b"{}", Content_Type=content_type)
    assert reply.status == 415
    assert "expected application/x-protobuf or application/json" in reply.problem


def test_other_encodings_are_unsupported(receiver):
    reply = post(receiver, b"", Content_Encoding="br")
    assert reply.status == 415
    assert "'br'" in reply.problem


@pytest.mark.parametrize("body", [b"\xff", b"not protobuf", b"\x0a\xff\xff"])
def test_garbage_is_a_bad_request(receiver, body):
    reply = post(receiver, body)
    assert (reply.status, reply.content_type) == (400, PROTOBUF)
    assert "no export request" in reply.problem


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"resourceSpans": 1}',
        b'{"resourceSpans": [1]}',
        b'{"resourceSpans": [{"scopeSpans": [{"spans": {"a": 1}}]}]}',
        json_request(traceId="no hexadecimal digits", spanId="00"),
        json_request(traceId=7),
        json_request(name=7),
        json_request(links=[7]),
        json_request(attributes={"key": "value"}),
    ],
)
def test_garbage_in_json_is_answered_in_json(receiver, body):
    reply = post(receiver, body, Content_Type=JSON)
    assert (reply.status, reply.content_type) == (400, JSON)
    assert "no export request" in reply.problem


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), content_type=st.sampled_from([PROTOBUF, JSON]), packed=st.booleans())
def test_whatever_comes_is_answered(receiver, caplog, body, content_type, packed):
    encoding = {"Content_Encoding": "gzip"} if packed else {}
    reply = post(receiver, gzip.compress(body) if packed else body, Content_Type=content_type, **encoding)
    assert reply.status in (200, 400)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b"a" * 500)[:-9], gzip.compress(b"") + b"more", b""],
    ids=["no gzip", "cut", "more behind", "empty"],  # the bytes hold the time
)
def test_broken_gzip_is_a_bad_request(receiver, body):
    reply = post(receiver, body, Content_Encoding="gzip")
    assert reply.status == 400
    assert "gzip" in reply.problem


def test_a_body_that_says_it_is_huge_is_refused_unread(small_receiver):
    reply = send(small_receiver, "Content-Length: 99999999999\r\n")
    assert reply.startswith(b"HTTP/1.1 413 ")
    assert f"larger than {LIMIT} bytes".encode() in reply


def test_who_sends_a_huge_body_gets_the_answer_and_not_a_reset(small_receiver):
    assert post(small_receiver, b"a" * 20_000_000).status == 413


def test_a_huge_body_in_chunks_is_refused(small_receiver):
    assert post(small_receiver, (b"a" * 1_000 for _ in range(20_000))).status == 413


def test_a_body_that_unpacks_to_something_huge_is_refused(small_receiver):
    bomb = gzip.compress(b"a" * 1_000_000)
    assert len(bomb) < LIMIT
    assert post(small_receiver, bomb, Content_Encoding="gzip").status == 413


def test_a_body_of_just_the_limit_is_read(small_receiver):
    body = json_request().ljust(LIMIT)
    assert post(small_receiver, body, Content_Type=JSON).status == 200
    assert post(small_receiver, body + b" ", Content_Type=JSON).status == 413


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ("", b"", 411),
        ("Content-Length: -1\r\n", b"", 400),
        ("Content-Length: 0x10\r\n", b"", 400),
        ("Content-Length: 100\r\n", b"too short", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", b"", 501),
        ("Transfer-Encoding: chunked\r\n", b"5\r\nabc", 400),
        ("Transfer-Encoding: chunked\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", b"-1\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", b"\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", b"1" * 5_000, 400),
        ("Transfer-Encoding: chunked\r\n", b"0\r\nsome: trailer\r\n\r\n", 200),
    ],
)
def test_the_framing_of_a_request_is_checked(receiver, head, body, status):
    assert send(receiver, f"{head}Connection: close\r\n", body).startswith(f"HTTP/1.1 {status} ".encode())
