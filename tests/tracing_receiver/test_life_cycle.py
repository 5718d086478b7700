"""The receiver's start and end: what it opens it closes, whatever its clients do."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from contextlib import closing
from urllib.parse import urlsplit

import pytest

import scenario.tracing
from scenario.tracing import OtlpReceiver

from .remote_agent import remote_agent
from .requests import JSON, connect, json_request, post
from .running_call import context_of


def address_of(receiver) -> tuple[str, int]:
    address = urlsplit(receiver.endpoint)
    return address.hostname, address.port


def receiver_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "scenario-otlp-receiver"]


def test_it_listens_on_loopback_only(receiver):
    assert address_of(receiver)[0] == "127.0.0.1"
    assert receiver._server._server.server_address[0] == "127.0.0.1"


async def test_it_works_with_async_with(call):
    async with OtlpReceiver(collector=call.collector) as receiver:
        with remote_agent(receiver.endpoint) as agent:
            span = agent.start_span("look_up_stock", context=context_of(call.headers))
            await asyncio.to_thread(span.end)
    assert call.names == ["look_up_stock"]


def test_closing_leaves_no_thread_and_no_socket(call):
    with OtlpReceiver(collector=call.collector) as receiver:
        address = address_of(receiver)
        assert post(receiver, json_request(), Content_Type=JSON).status == 200
        assert receiver_threads()
    assert receiver_threads() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=10)


def test_clients_that_stay_do_not_hold_up_closing(call):
    with OtlpReceiver(collector=call.collector) as receiver:
        idle = connect(receiver)
        idle.request("POST", "/v1/traces", json_request(), {"Content-Type": JSON})
        idle.getresponse().read()
        silent = socket.create_connection(address_of(receiver), timeout=10)
        halfway = socket.create_connection(address_of(receiver), timeout=10)
        halfway.sendall(
            b"POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert post(receiver, json_request(), Content_Type=JSON).status == 200
    assert receiver_threads() == []
    for connection in (idle.sock, silent):
        with closing(connection):
            assert connection.recv(100) == b""
    halfway.close()


def test_a_slow_client_does_not_hold_up_others(call, receiver):
    with closing(socket.create_connection(address_of(receiver), timeout=10)) as slow:
        slow.sendall(
            b"POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert post(receiver, json_request(), Content_Type=JSON).status == 200


def test_a_client_that_is_too_slow_is_told_and_hung_up_on(monkeypatch, call, receiver):
    monkeypatch.setattr("scenario._tracing.receiver.trace_handler.TraceHandler.timeout", 0.05)
    with closing(socket.create_connection(address_of(receiver), timeout=10)) as slow:
        slow.sendall(
            b"POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert slow.recv(1_000).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_drips_is_told_when_its_time_is_up(monkeypatch, call, receiver):
    monkeypatch.setattr("scenario._tracing.receiver.trace_handler._BODY_SECONDS", 0.0)
    with closing(socket.create_connection(address_of(receiver), timeout=10)) as slow:
        slow.sendall(
            b"POST /v1/traces HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert slow.recv(1_000).startswith(b"HTTP/1.1 408 ")


def test_it_can_be_used_again_after_it_was_closed(call):
    receiver = OtlpReceiver(collector=call.collector)
    for _ in range(2):
        with receiver:
            assert post(receiver, json_request(), Content_Type=JSON).status == 200


def test_it_cannot_be_entered_twice(receiver):
    with pytest.raises(RuntimeError, match="running already"):
        receiver.__enter__()


def test_without_with_there_is_no_endpoint():
    with pytest.raises(RuntimeError, match="use it within `with`"):
        _ = OtlpReceiver().endpoint


def test_a_port_that_is_taken_is_said_and_leaves_nothing(receiver):
    other = OtlpReceiver(port=address_of(receiver)[1])
    with pytest.raises(OSError, match="in use"):
        other.__enter__()
    with pytest.raises(RuntimeError, match="not running"):
        _ = other.endpoint


def test_a_limit_below_one_byte_is_an_error():
    with pytest.raises(ValueError, match="got 0"):
        OtlpReceiver(max_request_bytes=0)


def test_the_public_names_are_sorted_and_importable():
    assert scenario.tracing.__all__ == sorted(scenario.tracing.__all__)
    assert all(getattr(scenario.tracing, name) is not None for name in scenario.tracing.__all__)
    assert set(scenario.tracing.__all__) <= set(dir(scenario.tracing))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = scenario.tracing.nothing


def test_importing_the_module_loads_nothing():
    code = (
        "import sys, scenario.tracing; print([m for m in sys.modules if m.startswith(('opentel', 'google'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
