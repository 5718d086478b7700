"""Tunnels: they have an address or say why not, lead to our server or say where to, and end."""

from __future__ import annotations

import asyncio
import os
import socket
import time

import pytest

from scenario.voice.testing import CloudflareTunnel, TunnelUnavailableError
from tests.transports.twilio.conftest import eventually
from tests.transports.twilio.edge import internet
from tests.transports.twilio.programs import URL, install


@pytest.fixture
def cloudflared(tmp_path, monkeypatch):
    """Return a function that puts a fake on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda name: install(folder, name)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid_of(log) -> int:
    return int(log.read_text().split()[1])


async def test_the_address_is_read_and_the_program_is_ended(cloudflared):
    log = cloudflared("prints")
    async with CloudflareTunnel(4321) as tunnel:
        assert tunnel.public_url == URL
    _, arguments, end = log.read_text().splitlines()
    assert arguments == "tunnel --url http://localhost:4321 --no-autoupdate"
    assert end == "SIGTERM"
    assert not is_running(pid_of(log))


async def test_a_missing_program_is_named_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TunnelUnavailableError, match=r"'cloudflared' cannot be run.*install cloudflared`"):
        await CloudflareTunnel(1).start()


async def test_an_early_end_is_told_with_the_last_20_lines(cloudflared):
    cloudflared("exits")
    with pytest.raises(TunnelUnavailableError, match="ended with status 3") as failed:
        await CloudflareTunnel(1).start()
    lines = str(failed.value).splitlines()[1:]
    assert lines == [f"ERR line {number}" for number in range(10, 30)]


@pytest.mark.parametrize("name", ["hangs", "names-its-service"])
async def test_without_an_address_in_time_the_program_is_ended(cloudflared, name):
    log = cloudflared(name)
    with pytest.raises(TunnelUnavailableError, match=r"no address within 1\.5 s"):
        await CloudflareTunnel(1, startup_timeout_s=1.5).start()
    assert not is_running(pid_of(log))


async def test_a_program_that_ignores_sigterm_is_killed_after_3_s(cloudflared):
    log = cloudflared("ignores-sigterm")
    tunnel = CloudflareTunnel(1)
    await tunnel.start()
    began = time.monotonic()
    await tunnel.stop()
    assert 2.9 < time.monotonic() - began < 6
    assert not is_running(pid_of(log))


async def test_a_chatty_program_is_never_stopped_by_a_full_pipe(cloudflared):
    log = cloudflared("chatters")
    async with CloudflareTunnel(1):
        await eventually(lambda: log.read_text().count("chatted") > 100, 20)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_child_of_the_program_ends_with_it(cloudflared):
    log = cloudflared("has-a-child")
    async with CloudflareTunnel(1):
        port = int(await eventually(lambda: log.read_text().partition("child ")[2].partition("\n")[0]))
        assert listens(port)
    await eventually(lambda: not listens(port))


@pytest.fixture
async def health():
    """A server that repeats nonces, as an adapter's does; gives its port."""

    async def serve(reader, writer):
        target = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        path, _, nonce = target.partition("?nonce=")
        body = nonce if path == "/twilio/health" else "else"
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_an_address_that_leads_to_our_server_is_reachable(cloudflared, health, tmp_path, monkeypatch):
    cloudflared("prints")
    async with internet(tmp_path, health) as (proxy, authority, asked), CloudflareTunnel(health) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        await tunnel.wait_until_edge_reachable(timeout_s=5)
    assert set(asked) == {"fake-words-here.trycloudflare.com:443"}


async def test_an_address_where_something_else_answers_is_not(cloudflared, tmp_path, monkeypatch):
    cloudflared("prints")

    async def parked(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nparked")
        writer.close()

    async with (
        await asyncio.start_server(parked, "127.0.0.1", 0) as server,
        internet(tmp_path, server.sockets[0].getsockname()[1]) as (proxy, authority, _),
        CloudflareTunnel(1, edge_ready_timeout_s=1.2) as tunnel,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with pytest.raises(TunnelUnavailableError, match="something else answers, with status 200"):
            await tunnel.wait_until_edge_reachable()


@pytest.mark.parametrize("resolver", ["system", "doh"])
async def test_only_doh_asks_public_resolvers_for_a_name_that_the_system_does_not_know(
    cloudflared, health, tmp_path, monkeypatch, resolver
):
    cloudflared("prints")
    dns = '{"Answer": [{"type": 5, "data": "x."}, {"type": 1, "data": "203.0.113.7"}]}'
    async with (
        internet(tmp_path, health, dns=dns) as (proxy, authority, asked),
        CloudflareTunnel(health, resolver=resolver, edge_ready_timeout_s=1.0) as tunnel,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        if resolver == "doh":
            await tunnel.wait_until_edge_reachable(timeout_s=5)
            assert "203.0.113.7:443" in asked
            return
        with pytest.raises(TunnelUnavailableError, match="502"):
            await tunnel.wait_until_edge_reachable()
    assert set(asked) == {"fake-words-here.trycloudflare.com:443"}


async def test_a_program_that_ends_while_the_address_is_tried_is_told(cloudflared, tmp_path, monkeypatch):
    cloudflared("exits-later")
    async with internet(tmp_path, 1, dns="{}") as (proxy, authority, _), CloudflareTunnel(1) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with pytest.raises(TunnelUnavailableError, match=r"ended with status 4[\s\S]*ERR lost"):
            await tunnel.wait_until_edge_reachable(timeout_s=20)
