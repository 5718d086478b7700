"""The WebSocket that adapters share: it says what is wrong, in time, and never shows a key."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time

import pytest
import trustme

from scenario.voice import VoiceTransportError
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.websocket import WebSocketLink
from tests.transports.bare import BareAdapter
from tests.transports.peers.sockets import QUIET, free_port, http_answers, reset, tcp_peer, websocket_peer

KEY = "SECRET-of-the-link"


def link(url: str, adapter: BareAdapter | None = None, **options) -> tuple[WebSocketLink, Inbox]:
    adapter = adapter or BareAdapter()
    inbox = Inbox(adapter)

    async def on_frame(frame: str | bytes) -> None:
        assert isinstance(frame, bytes), "text is not understood"
        inbox.put_audio(frame)

    options = {"headers": {"X-Api-Key": KEY}, "on_frame": on_frame, "on_lost": inbox.fail, **options}
    return WebSocketLink(adapter, url, **options), inbox


async def refusal(url: str, **options) -> VoiceTransportError:
    socket, _ = link(url, **options)
    with pytest.raises(VoiceTransportError) as caught:
        await socket.open()
    assert caught.value.adapter == "BareAdapter"
    assert caught.value.host == url.split("//")[1].split("/")[0]
    assert caught.value.__cause__ is None
    return caught.value


async def echo(connection) -> None:
    async for frame in connection:
        await connection.send(frame)


async def test_frames_go_both_ways_up_to_16_mib():
    async with websocket_peer(echo) as url:
        socket, inbox = link(url)
        await socket.open()
        await socket.send(bytes(2_880_000))
        assert len((await inbox.take(10)).data) == 2_880_000
        await socket.close()


@pytest.mark.parametrize(
    ("status", "fault"), [(401, "credentials"), (403, "credentials"), (404, "host"), (400, "protocol")]
)
async def test_a_refusal_is_not_tried_again_and_names_the_fault(status, fault):
    async with tcp_peer(http_answers((status, f"no, {KEY} is wrong"), (500, "second attempt"))) as url:
        error = await refusal(url)
    assert (error.code, error.fault) == (status, fault)
    assert error.reason == "no, *** is wrong"


async def test_an_adapter_can_say_what_a_status_means():
    async with tcp_peer(http_answers((404, "no such agent"))) as url:
        assert (await refusal(url, status_faults={404: "agent"})).fault == "agent"


@pytest.mark.parametrize("status", [429, 500])
async def test_a_busy_peer_is_tried_three_times(status):
    requests = []

    async def busy(reader, writer):
        requests.append(1)
        await http_answers((status, ""))(reader, writer)

    async with tcp_peer(busy) as url:
        error = await refusal(url)
    assert (error.code, error.fault, len(requests)) == (status, "peer", 3)


async def test_a_peer_that_is_just_starting_is_reached():
    refusals = [503]

    def starting(connection, request):
        return connection.respond(refusals.pop(), "wait") if refusals else None

    async with websocket_peer(echo, process_request=starting) as url:
        socket, _ = link(url)
        await socket.open()
        await socket.close()
    assert not refusals


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_port_on_which_nothing_listens(host):
    error = await refusal(f"ws://{host}:{free_port()}/path?token={KEY}")
    assert error.fault == "host"
    assert "nothing listens" in str(error)


async def test_a_name_that_does_not_exist():
    error = await refusal("ws://no-such-host.invalid:9/")
    assert error.fault == "host"
    assert "cannot be resolved" in str(error)


async def test_a_certificate_that_is_not_trusted():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with websocket_peer(echo, tls=context) as url:
        error = await refusal(url)
    assert error.fault == "host"
    assert "certificate is not trusted" in str(error)


async def test_a_peer_without_tls():
    async with websocket_peer(echo) as url:
        error = await refusal(url.replace("ws://", "wss://"))
    assert error.fault == "host"
    assert "TLS" in str(error)


async def test_a_peer_that_is_no_web_server():
    async def garbage(reader, writer):
        writer.write(b"220 smtp ready\r\n\r\n")
        await reader.read()

    async with tcp_peer(garbage) as url:
        assert (await refusal(url)).fault == "protocol"


async def test_a_peer_that_never_answers_the_handshake(monkeypatch):
    monkeypatch.setattr("scenario.voice.adapters._connection.dialling.CONNECT_SECONDS", 1.0)

    async def mute(reader, writer):
        await reader.read()

    async with tcp_peer(mute) as url:
        error = await refusal(url)
    assert error.fault == "host"
    assert "does not answer within 1 s" in str(error)


@pytest.mark.parametrize(("code", "fault"), [(1011, "peer"), (3000, "credentials"), (1007, "protocol")])
async def test_a_close_is_raised_at_once_by_those_who_wait_and_by_those_who_come_later(code, fault):
    async def close(connection):
        await connection.recv()
        await connection.close(code, f"{KEY} failed")

    async with websocket_peer(close) as url:
        socket, inbox = link(url)
        await socket.open()
        waiting = asyncio.create_task(inbox.take(20))
        await socket.send(b"go")
        began = time.monotonic()
        for attempt in (waiting, inbox.take(20), socket.send(b"more")):
            with pytest.raises(VoiceTransportError) as caught:
                await attempt
            assert (caught.value.code, caught.value.fault) == (code, fault)
            assert caught.value.reason == "*** failed"
        assert time.monotonic() - began < 1
        await socket.close()


async def test_a_reset_is_raised_at_once():
    async def break_off(connection):
        await connection.recv()
        reset(connection)

    async with websocket_peer(break_off) as url:
        socket, inbox = link(url)
        await socket.open()
        await socket.send(b"go")
        with pytest.raises(VoiceTransportError) as caught:
            await inbox.take(5)
        assert (caught.value.code, caught.value.fault) == (1006, "peer")
        await socket.close()


async def test_a_peer_that_says_goodbye_and_keeps_the_socket_open_is_lost_within_a_second():
    async def goodbye(reader, writer):
        from websockets.frames import Close, Frame, Opcode
        from websockets.server import ServerProtocol

        protocol = ServerProtocol()
        protocol.receive_data(await reader.readuntil(b"\r\n\r\n"))
        protocol.send_response(protocol.accept(protocol.events_received()[0]))
        writer.writelines(protocol.data_to_send())
        writer.write(Frame(Opcode.CLOSE, Close(1001, "").serialize()).serialize(mask=False))
        await asyncio.sleep(20)

    async with tcp_peer(goodbye) as url:
        socket, inbox = link(url)
        await socket.open()
        began = time.monotonic()
        with pytest.raises(VoiceTransportError) as caught:
            await inbox.take(10)
        assert caught.value.code == 1001
        assert time.monotonic() - began < 1
        await socket.close()


async def test_a_frame_that_the_adapter_cannot_use_ends_the_connection_with_its_cause():
    async def text(connection):
        await connection.send("not audio")
        await connection.wait_closed()

    async with websocket_peer(text) as url:
        socket, inbox = link(url)
        await socket.open()
        with pytest.raises(VoiceTransportError, match="text is not understood") as caught:
            await inbox.take(5)
        assert caught.value.fault == "protocol"
        assert isinstance(caught.value.__cause__, AssertionError)
        await socket.close()


async def test_closing_is_bounded_whatever_the_peer_does_and_leaves_no_task(monkeypatch):
    monkeypatch.setattr("scenario.voice.adapters._connection.websocket.CLOSE_SECONDS", 1.5)
    begun = asyncio.Event()

    async def deaf(connection):
        connection.transport.pause_reading()
        begun.set()
        await asyncio.sleep(2.5)
        connection.transport.abort()

    async with websocket_peer(deaf) as url:
        before = asyncio.all_tasks()
        socket, _ = link(url)
        await socket.open()
        await begun.wait()
        began = time.monotonic()
        await socket.close()
        assert time.monotonic() - began < 2
        await asyncio.sleep(0.05)
        server_tasks = {task for task in asyncio.all_tasks() - before if "scenario" in task.get_name()}
        assert not server_tasks
    with pytest.raises(RuntimeError, match="BareAdapter: not connected"):
        await socket.send(b"late")


async def test_no_log_shows_a_key(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "websockets.client", "scenario.voice.websocket"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with websocket_peer(echo) as url:
        socket, inbox = link(f"{url}/?token={KEY}")
        await socket.open()
        await socket.send(KEY.encode())
        await inbox.take(5)
        await socket.close()
    peers = [record.getMessage() for record in caplog.records if record.name == QUIET.name]
    ours = [record.getMessage() for record in caplog.records if record.name != QUIET.name]
    assert any("SECRET" in line for line in peers), "the peer saw the key, and the log works"
    assert not any("SECRET" in line for line in ours)
