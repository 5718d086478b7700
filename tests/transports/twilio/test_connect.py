"""What the adapter can be made of, and what it says when it cannot connect."""

from __future__ import annotations

import socket

import pytest

from scenario.types import AgentRole
from scenario.voice import TwilioAgentAdapter, VoiceTransportError
from tests.transports.peers.sockets import free_port
from tests.transports.twilio.conftest import ACCOUNT, OURS, THEIRS, TOKEN


def test_the_defaults_are_those_of_the_documentation():
    adapter = TwilioAgentAdapter(account_sid="a", auth_token="b", phone_number=OURS)
    assert (adapter.http_host, adapter.http_port, adapter.dtmf_mode) == ("127.0.0.1", 8765, "inband")
    assert (adapter.turn_end, adapter.paced, adapter.continuous) == ("vad", True, True)
    assert adapter.role is AgentRole.AGENT


@pytest.mark.parametrize(
    "number", ["15550001111", "+0555", "+12345", "+1234567890123456", "", "+1555000111x"]
)
def test_a_number_must_be_in_e164_form(number):
    with pytest.raises(ValueError, match="phone_number"):
        TwilioAgentAdapter(account_sid="a", auth_token="b", phone_number=number)


@pytest.mark.parametrize(
    "options",
    [
        {"public_base_url": "http://tunnel.example.test"},
        {"public_base_url": "tunnel.example.test"},
        {"base_url": "http://api.example.test"},
        {"api_key_sid": "SK1"},
        {"dtmf_mode": "out-of-band"},
        {"allowed_callers": "+15550001111"},
    ],
    ids=str,
)
def test_other_arguments_are_checked_too(options):
    with pytest.raises(ValueError):  # noqa: PT011  # six different texts
        TwilioAgentAdapter(account_sid="a", auth_token="b", phone_number=OURS, **options)


def test_it_is_shown_without_secrets_and_with_the_end_of_its_number():
    adapter = TwilioAgentAdapter(
        account_sid="AC-SECRET",
        auth_token="SECRET",
        phone_number="+15551234567",
        public_base_url="https://user:SECRET@tunnel.example.test/path?key=SECRET",
        api_key_sid="SK-SECRET",
        api_key_secret="SECRET",
    )
    assert repr(adapter) == (
        "TwilioAgentAdapter(phone_number='***4567', account_sid='***', auth_token='***', "
        "public_base_url='https://tunnel.example.test/path')"
    )
    assert "SECRET" not in repr(vars(adapter))


async def test_without_a_public_address_the_harness_is_named(new_adapter):
    with pytest.raises(RuntimeError, match="TwilioHarness"):
        await new_adapter(public_base_url=None).connect()


@pytest.mark.parametrize("name", ["account_sid", "auth_token"])
async def test_a_missing_credential_is_named_with_its_variable(new_adapter, monkeypatch, name):
    monkeypatch.delenv(f"TWILIO_{name.upper()}", raising=False)
    with pytest.raises(ValueError, match=rf"{name}=.*TWILIO_{name.upper()}"):
        await new_adapter(**{name: ""}).connect()


async def test_credentials_may_come_from_the_environment(new_adapter, monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    await new_adapter(account_sid="", auth_token="").connect()


async def test_an_api_key_is_for_the_interface_and_the_auth_token_for_signatures(twilio, new_adapter):
    twilio.keys = {"SK-key": "secret-of-the-key"}
    adapter = new_adapter(api_key_sid="SK-key", api_key_secret="secret-of-the-key")
    await adapter.connect()
    twilio.hosts["tunnel.example.test"] = adapter.bound_port
    await adapter.place_call(THEIRS)
    assert adapter.live.is_set()


async def test_wrong_credentials_are_the_fault(new_adapter):
    with pytest.raises(VoiceTransportError) as refused:
        await new_adapter(auth_token="wrong").connect()
    assert (refused.value.fault, refused.value.code) == ("credentials", 401)


async def test_a_number_of_somebody_else_is_the_fault(new_adapter):
    with pytest.raises(RuntimeError, match=r"no phone number \*\*\*9999") as refused:
        await new_adapter(phone_number="+15550009999").connect()
    assert refused.value.fault == "number"


async def test_a_part_of_a_number_is_not_the_number(new_adapter):
    with pytest.raises(VoiceTransportError, match="no phone number"):
        await new_adapter(phone_number=OURS[:-1]).connect()


async def test_a_host_that_is_not_there_is_the_fault(new_adapter):
    with pytest.raises(VoiceTransportError) as refused:
        await new_adapter(base_url=f"http://127.0.0.1:{free_port()}").connect()
    assert refused.value.fault == "host"


async def test_a_failing_twilio_is_asked_again(twilio, new_adapter):
    twilio.troubles = [(r"GET .*", 503), (r"GET .*", 429)]
    await new_adapter().connect()
    assert len(twilio.requests) == 3


async def test_a_port_in_use_is_named_and_nothing_stays_open(new_adapter):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        adapter = new_adapter(http_port=port)
        with pytest.raises(OSError, match=f"port {port}"):
            await adapter.connect()
    assert adapter.bound_port is None
    await adapter.connect()  # now that it is free
    assert adapter.bound_port == port


async def test_another_address_than_loopback_is_a_warning(new_adapter, caplog):
    await new_adapter(http_host="0.0.0.0").connect()
    assert ["listens on 0.0.0.0" in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.parametrize("method", ["send_audio", "recv_audio", "wait_for_call", "place_call", "interrupt"])
async def test_nothing_works_before_connecting(new_adapter, method):
    arguments = {"send_audio": (None,), "recv_audio": (1,), "place_call": (OURS,)}.get(method, ())
    with pytest.raises(RuntimeError, match="TwilioAgentAdapter: not connected"):
        await getattr(new_adapter(), method)(*arguments)
