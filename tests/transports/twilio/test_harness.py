"""The harness: a tunnel and a connected adapter, ended in the right order whatever happens."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from scenario.voice import VoiceTransportError
from scenario.voice.testing import TunnelUnavailableError, TwilioHarness
from tests.transports.peers.sockets import free_port
from tests.transports.twilio.conftest import ACCOUNT, OURS, THEIRS, TOKEN
from tests.transports.twilio.edge import internet
from tests.transports.twilio.programs import URL, install


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return install(tmp_path, "prints")


@pytest.fixture
async def port(tmp_path, monkeypatch):
    """A port to which the Internet leads."""
    port = free_port()
    async with internet(tmp_path, port) as (proxy, authority, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        yield port


def harness(twilio, port, **options) -> TwilioHarness:
    values = {"account_sid": ACCOUNT, "auth_token": TOKEN, "phone_number": OURS, "base_url": twilio.url}
    return TwilioHarness(**{**values, "http_port": port, **options})


async def test_it_gives_a_connected_adapter_at_the_address_of_the_tunnel(twilio, log, port):
    async with harness(twilio, port) as adapter:
        assert adapter.public_base_url == URL
        assert adapter.is_held
        twilio.hosts[URL.removeprefix("https://")] = port
        await adapter.place_call(THEIRS)
        assert (await adapter.recv_audio(2)).data
    assert twilio.calls_open == 0
    assert adapter.bound_port is None
    assert log.read_text().endswith("SIGTERM\n")


async def test_the_adapter_ends_before_the_tunnel(twilio, log, port, monkeypatch):
    order = []
    async with harness(twilio, port) as adapter:
        disconnect = adapter.disconnect

        async def noted():
            await disconnect()
            order.append("SIGTERM" in log.read_text())

        monkeypatch.setattr(adapter, "disconnect", noted)
    assert order == [False]


async def test_when_twilio_refuses_its_error_is_raised_and_the_tunnel_is_ended(twilio, log, port):
    with pytest.raises(VoiceTransportError) as refused:
        await harness(twilio, port, auth_token="wrong").__aenter__()
    assert refused.value.fault == "credentials"
    assert log.read_text().endswith("SIGTERM\n")


async def test_a_port_in_use_is_named_before_a_tunnel_leads_to_it(twilio, log):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port}.*another http_port"):
            await harness(twilio, port).__aenter__()
    assert not log.exists()


async def test_without_the_program_the_error_says_how_to_get_it(twilio, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TunnelUnavailableError, match="install cloudflared`"):
        await harness(twilio, 0).__aenter__()
    assert twilio.requests == []


async def test_when_the_address_does_not_answer_both_are_ended(twilio, log, monkeypatch):
    port = free_port()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TunnelUnavailableError, match="does not lead to our server"):
        await harness(twilio, port, edge_ready_timeout_s=0.5).__aenter__()
    assert log.read_text().endswith("SIGTERM\n")
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_an_error_of_the_block_is_the_one_that_is_raised(twilio, log, port):
    async def block():
        async with harness(twilio, port):
            twilio.troubles = [(".*", 500)] * 20
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await block()
    assert log.read_text().endswith("SIGTERM\n")


def test_it_is_shown_with_the_end_of_its_number_only():
    shown = repr(TwilioHarness(account_sid="SECRET", auth_token="SECRET", phone_number="+15551234567"))
    assert shown == "TwilioHarness(phone_number='***4567', http_port=8765)"
