"""What each failure to connect says is wrong."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice import LiveKitAgentAdapter, VoiceTransportError
from scenario.voice.adapters._connection import http
from scenario.voice.adapters._livekit import joining
from scenario.voice.adapters._livekit import room as room_module
from scenario.voice.adapters._livekit.failures import join_error, left_error
from scenario.voice.adapters._livekit.token import room_token
from tests.transports.livekit.conftest import until
from tests.transports.peers.livekit import KEY, ROOM, SECRET, participant
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer, websocket_peer


async def refusal(adapter) -> VoiceTransportError:
    with pytest.raises(VoiceTransportError) as caught:
        await adapter.connect()
    assert caught.value.adapter == "LiveKitAgentAdapter"
    for secret in filter(None, (adapter.api_key, adapter.api_secret, adapter.token)):
        assert secret not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(("key", "secret"), [(KEY, "another secret of 32 characters.."), ("other", SECRET)])
async def test_a_wrong_key_or_secret_is_the_credentials_fault(server, key, secret):
    error = await refusal(LiveKitAgentAdapter(server.url, key, secret, ROOM))
    assert (error.fault, error.code) == ("credentials", 401)
    assert server.paths == ["/rtc/validate"]  # the native client is not let at it, and it is not tried again


async def test_a_room_that_does_not_exist_is_the_rooms_fault(server):
    error = await refusal(LiveKitAgentAdapter(server.url, KEY, SECRET, "nowhere"))
    assert (error.fault, error.code) == ("room", 404)


async def test_a_token_for_another_room_is_the_rooms_fault(server):
    token = room_token(KEY, SECRET, room="elsewhere", identity="caller")
    error = await refusal(LiveKitAgentAdapter(server.url, "", "", ROOM, token=token))
    assert error.fault == "room"


async def test_a_server_that_is_not_there_is_the_hosts_fault():
    url = f"ws://127.0.0.1:{free_port()}"
    error = await refusal(LiveKitAgentAdapter(url, KEY, SECRET, ROOM))
    assert error.fault == "host"
    assert error.host in url


async def test_a_server_that_fails_is_the_peers_fault(server):
    server.refusal = (503, "no response from servers")
    error = await refusal(LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM))
    assert (error.fault, error.code, error.reason) == ("peer", 503, "no response from servers")


async def test_a_server_that_is_none_of_livekits_is_not_joined():
    joined = []

    async def chatter(socket) -> None:  # on which the native client would end the process
        joined.append(socket)
        await socket.send(b"\xff\xff this is no message of the protocol")

    async with websocket_peer(chatter) as url:
        error = await refusal(LiveKitAgentAdapter(url, KEY, SECRET, ROOM))
    assert (error.fault, error.code, joined) == ("host", 426, [])
    async with tcp_peer(http_answers((200, "<html>welcome"))) as url:
        error = await refusal(LiveKitAgentAdapter(url, KEY, SECRET, ROOM))
    assert (error.fault, error.code, error.reason) == ("host", 200, "<html>welcome")


async def test_a_server_that_cannot_be_asked_is_joined(server):
    server.can_be_asked = False  # gateways pass on nothing but /rtc, and some versions lack the route
    async with LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM):
        assert server.paths[0] == "/rtc/validate"


async def test_a_server_that_takes_connections_and_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.5)

    async def nothing(reader, writer) -> None:
        await reader.read()

    async with tcp_peer(nothing) as url:
        began = time.monotonic()
        error = await refusal(LiveKitAgentAdapter(url, KEY, SECRET, ROOM))
    assert (error.fault, error.code) == ("host", None)
    assert time.monotonic() - began < 2


async def test_a_server_that_never_lets_anybody_in_is_given_up_in_time(server, monkeypatch):
    monkeypatch.setattr(room_module, "CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(joining, "_PATIENCE_SECONDS", 1.0)
    server.hangs = True
    began = time.monotonic()
    error = await refusal(LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM))
    assert error.fault == "host"
    assert time.monotonic() - began < 1 + 1 + 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("engine: signal failure: transport connection error: IO error: failed to lookup address", "host"),
        ("engine: signal failure: transport connection error: IO error: tls handshake eof", "host"),
        ("engine: signal failure: failed to receive livekit_protocol::JoinResponse", "host"),
        ("engine: connection failure: wait_pc_connection timed out", "media"),
        ("engine: signal failure: client error: 404 Not Found - page not found", "host"),
        ("engine: signal failure: handshake error: 503 Service Unavailable", "peer"),
        ("something new", "protocol"),
    ],
)
def test_what_the_client_says_is_told_apart(text, fault):
    assert join_error(text, adapter="A", host="h", secrets=[]).fault == fault


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("DUPLICATE_IDENTITY", "room"), ("ROOM_DELETED", "room"), ("SERVER_SHUTDOWN", "peer")],
)
def test_why_a_room_was_left_is_told(reason, fault):
    error = left_error(reason, adapter="A", host="h")
    assert (error.fault, error.reason) == (fault, reason)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("", KEY, SECRET, ROOM), ("url", "LIVEKIT_URL")),
        (("ws://127.0.0.1:1", "", SECRET, ROOM), ("api_key", "LIVEKIT_API_KEY")),
        (("ws://127.0.0.1:1", KEY, "", ROOM), ("api_secret", "LIVEKIT_API_SECRET")),
        (("ws://127.0.0.1:1", KEY, SECRET, ""), ("room",)),
        (("ftp://127.0.0.1:1", KEY, SECRET, ROOM), ("url",)),
    ],
)
async def test_what_is_missing_is_named(arguments, named, monkeypatch):
    for variable in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ValueError, match=".*".join(named)):
        await LiveKitAgentAdapter(*arguments).connect()


async def test_what_is_empty_is_taken_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("LIVEKIT_URL", server.url)
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    async with LiveKitAgentAdapter("", "", "", ROOM):
        assert server.sessions[0].claims.identity.startswith("scenario-user-")


async def test_a_room_without_an_agent_names_who_is_there(server, monkeypatch):
    monkeypatch.setattr(room_module, "CONNECT_SECONDS", 1.5)
    server.agent = None
    server.others = [participant("PA_1", "alice", kind="STANDARD"), participant("PA_2", "bob")]
    error = await refusal(LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM))
    assert error.fault == "agent"
    assert "'alice', 'bob'" in str(error)
    await until(lambda: server.open == 0)


async def test_an_agent_of_another_name_is_not_taken(server, monkeypatch):
    monkeypatch.setattr(room_module, "CONNECT_SECONDS", 1.5)
    error = await refusal(LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM, agent_identity="sales"))
    assert "'sales'" in str(error)
    assert "'agent'" in str(error)


@pytest.mark.parametrize("after", [0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4])
async def test_a_cancelled_connection_leaves_nobody_in_the_room(server, after):
    adapter = LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM)
    connecting = asyncio.create_task(adapter.connect())
    await asyncio.wait({connecting}, timeout=after)
    connecting.cancel()
    await asyncio.wait({connecting}, timeout=6)
    assert connecting.done()
    await adapter.disconnect()
    await asyncio.sleep(0.3)
    await until(lambda: server.open == 0)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not any(name.startswith("scenario-") for name in names)


async def test_a_connection_to_a_server_that_says_nothing_can_be_cancelled(server, monkeypatch):
    monkeypatch.setattr(joining, "_PATIENCE_SECONDS", 1.0)
    server.hangs = True
    connecting = asyncio.create_task(LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM).connect())
    await asyncio.sleep(0.3)
    connecting.cancel()
    await asyncio.wait({connecting}, timeout=2.5)
    assert connecting.cancelled()


def test_its_repr_shows_no_secret():
    adapter = LiveKitAgentAdapter(f"ws://user:{SECRET}@host:7880/?token={SECRET}", KEY, SECRET, ROOM)
    assert repr(adapter) == (
        "LiveKitAgentAdapter(url='ws://host:7880/', room='support', api_key='***', api_secret='***')"
    )
    assert "SECRET" not in repr(vars(adapter))
