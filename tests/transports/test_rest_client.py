"""REST calls of adapters: tried again where that helps, and silent about keys."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from scenario.voice import VoiceTransportError
from scenario.voice._secret import Secret, required_key
from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.urls import checked_url, shown
from tests.transports.bare import BareAdapter
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer

KEY = "SECRET-of-the-rest"


async def ask(url: str, *, method: str = "GET", faults=None, **options):
    rest = RestClient(BareAdapter(), url.replace("ws://", "http://"), auth=("account", KEY), faults=faults)
    try:
        return await rest.request(method, f"/things/{KEY}.json", **options)
    finally:
        await rest.close()


async def test_an_answer_is_returned_and_nothing_of_it_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with tcp_peer(http_answers((200, '{"sid": 7}'))) as url:
        assert (await ask(url, params={"token": KEY})).json() == {"sid": 7}
    assert "SECRET" not in caplog.text


async def test_other_users_of_the_http_library_still_log(caplog):
    import httpx

    caplog.set_level(logging.INFO)
    async with tcp_peer(http_answers((200, ""))) as url:
        await ask(url)
        async with httpx.AsyncClient() as client:
            await client.get(url.replace("ws://", "http://"))
    assert [record.name for record in caplog.records] == ["httpx"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_peer_is_asked_again_unless_the_call_must_not_be_made_twice(status):
    async with tcp_peer(http_answers((status, ""), (status, ""), (200, ""))) as url:
        assert (await ask(url)).status_code == 200
    async with tcp_peer(http_answers((status, ""), (200, ""))) as url:
        with pytest.raises(VoiceTransportError) as caught:
            await ask(url, method="POST", retry=False)
    assert (caught.value.code, caught.value.fault) == (status, "peer")


async def test_a_refusal_says_what_is_wrong_without_the_key_that_it_echoes():
    async with tcp_peer(http_answers((402, f"pay first, {KEY}"), (200, ""))) as url:
        with pytest.raises(VoiceTransportError) as caught:
            await ask(url, faults={402: "credentials"})
    error = caught.value
    assert (error.adapter, error.code, error.fault) == ("BareAdapter", 402, "credentials")
    assert error.reason == "pay first, ***"
    assert "SECRET" not in str(error)


async def test_an_accepted_status_is_an_answer():
    async with tcp_peer(http_answers((404, "none"))) as url:
        assert (await ask(url, accept={404})).status_code == 404


async def test_a_host_that_cannot_be_reached():
    with pytest.raises(VoiceTransportError, match="nothing listens") as refused:
        await ask(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(VoiceTransportError, match="cannot be resolved") as unknown:
        await ask("http://no-such-host.invalid")
    assert refused.value.fault == unknown.value.fault == "host"


async def test_a_host_without_tls_and_one_without_http():
    async def garbage(reader, writer):
        await reader.read(10)
        writer.write(b"220 smtp ready\r\n\r\n")

    async with tcp_peer(garbage) as url:
        with pytest.raises(VoiceTransportError) as no_tls:
            await ask(url.replace("ws://", "https://"))
        with pytest.raises(VoiceTransportError) as no_http:
            await ask(url)
    assert (no_tls.value.fault, no_http.value.fault) == ("host", "protocol")


async def test_a_host_that_drips_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("scenario.voice.adapters._connection.http.TIMEOUT_SECONDS", 1.0)

    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with tcp_peer(drip) as url:
        began = time.monotonic()
        with pytest.raises(VoiceTransportError, match="does not answer within 1 s"):
            await ask(url)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.org", "must use https://"),
        ("ftp://example.org", "must begin with https:// or http://"),
        ("https://", "must begin with"),
        ("https://example.org:port", "not a valid address"),
    ],
)
def test_an_address_that_a_key_must_not_be_sent_to(url, problem):
    with pytest.raises(ValueError, match=f"base_url .*{problem}|base_url {problem}"):
        checked_url(url, name="base_url", schemes=("https", "http"), plain_only_on_loopback=True)


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "[::1]:9", "127.8.8.8"])
def test_this_machine_may_be_spoken_to_without_tls(host):
    url = f"http://{host}/x"
    assert checked_url(url, name="base_url", schemes=("https", "http"), plain_only_on_loopback=True) == url


def test_an_address_is_shown_without_user_and_query():
    url = f"wss://me:{KEY}@example.org:9/path?key={KEY}#x"
    assert shown(url) == "wss://example.org:9/path"
    assert repr(checked_url(url, name="url", schemes=("wss",))) == "'wss://example.org:9/path'"


def test_a_key_comes_from_the_argument_or_the_environment_and_is_not_shown(monkeypatch):
    monkeypatch.setenv("SECOND_KEY", "from-the-environment")
    assert required_key("given", "api_key", "FIRST_KEY", "SECOND_KEY") == "given"
    key = required_key("", "api_key", "FIRST_KEY", "SECOND_KEY")
    assert (key, repr(key), repr([Secret("x")])) == ("from-the-environment", "'***'", "['***']")
    monkeypatch.setenv("SECOND_KEY", "")
    with pytest.raises(
        ValueError, match=r"api_key is missing: pass api_key=\.\.\. or set FIRST_KEY or SECOND"
    ):
        required_key(None, "api_key", "FIRST_KEY", "SECOND_KEY")
