"""`connect()` says which part is wrong, and a connection that ends says so."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from scenario.voice import VoiceTransportError, WebRTCAgentAdapter, silent_chunk
from scenario.voice.adapters._webrtc import peer as peer_module
from tests.transports.bare import Notices
from tests.transports.peers.sockets import free_port, http_answers, tcp_peer
from tests.transports.webrtc.test_media import Heard


async def failure(url: str, **options) -> VoiceTransportError:
    with pytest.raises(VoiceTransportError) as caught:
        await WebRTCAgentAdapter(url, **options).connect()
    return caught.value


async def receive_for_ever(adapter) -> None:
    while True:
        await adapter.recv_audio(10)


@pytest.mark.parametrize("form", ["json", "whip"])
@pytest.mark.parametrize(("status", "fault"), [(401, "credentials"), (404, "host"), (500, "peer")])
async def test_a_refusal_has_its_status_and_its_reason(server, form, status, fault):
    server.refusal = (status, "x" * 150 + "no such agent, key SECRET-key" + "y" * 100)
    path = "offer" if form == "json" else "whip"
    error = await failure(
        f"{server.url}/{path}", signaling=form, headers={"Authorization": "Bearer SECRET-key"}
    )
    assert (error.fault, error.code) == (fault, status)
    assert error.reason.startswith("x" * 150 + "no such agent")
    assert len(error.reason) <= 203
    assert "SECRET" not in str(error)
    assert len(server.requests) == (3 if status == 500 else 1)


async def test_nobody_listens_at_the_address():
    error = await failure(f"http://127.0.0.1:{free_port()}/offer")
    assert error.fault == "host"


@pytest.mark.parametrize(
    ("form", "body"),
    [("json", "<html>welcome"), ("json", '{"type": "answer"}'), ("json", '["sdp"]'), ("whip", "v=0\r\n")],
)
async def test_what_is_no_answer_is_shown(form, body):
    async with tcp_peer(http_answers((200, body))) as url:
        error = await failure(url.replace("ws", "http", 1), signaling=form)
    assert (error.fault, error.code) == ("protocol", 200)
    assert error.reason == " ".join(body.split())


async def test_an_answer_of_another_type_is_no_answer():
    async with tcp_peer(http_answers((200, json.dumps({"sdp": "v=0", "type": "pranswer"})))) as url:
        error = await failure(url.replace("ws", "http", 1))
    assert error.fault == "protocol"
    assert "'pranswer'" in str(error)


@pytest.mark.parametrize(
    ("munge", "fault", "text"),
    [
        (lambda sdp: re.sub(r"m=audio \d+", "m=audio 0", sdp), "codec", "refuses audio"),
        (lambda sdp: re.sub(r"(?s)m=audio.*?(?=m=)", "", sdp), "media", "no audio"),
        (lambda sdp: sdp.replace("a=sendrecv", "a=recvonly"), "media", "'recvonly'"),
        (lambda sdp: sdp.replace("m=audio", "m=audio x"), "protocol", "cannot be read"),
    ],
    ids=["refused", "absent", "one way", "broken"],
)
async def test_an_answer_without_audio_is_useless(server, munge, fault, text):
    server.munge = munge
    error = await failure(f"{server.url}/offer")
    assert error.fault == fault
    assert text in str(error)


async def test_no_way_for_media_tells_the_states_of_ice_and_dtls(server, monkeypatch):
    monkeypatch.setattr(peer_module, "CONNECT_SECONDS", 1.0)
    server.munge = lambda sdp: re.sub(r"ice-pwd:.", "ice-pwd:!", sdp)
    error = await failure(f"{server.url}/offer")
    assert error.fault == "media"
    assert re.search(r"ICE (checking|failed|closed), DTLS new", str(error))


async def test_an_answer_with_another_fingerprint_is_not_trusted(server):
    server.munge = lambda sdp: re.sub(r"(fingerprint:sha-\d+ )..", r"\g<1>00", sdp)
    error = await failure(f"{server.url}/offer")
    assert error.fault == "media"
    assert "DTLS failed" in str(error)


async def test_a_peer_that_vanishes_is_missed(server, monkeypatch):
    monkeypatch.setattr(peer_module, "SILENT_SECONDS", 1.0)
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter:
        await adapter.recv_audio(5)
        server.calls[0].vanish()
        with pytest.raises(VoiceTransportError) as caught:
            await asyncio.wait_for(receive_for_ever(adapter), 8)
        assert caught.value.fault == "peer"
        assert "nothing has come" in str(caught.value)
        with pytest.raises(VoiceTransportError):
            await adapter.send_audio(silent_chunk(1.0))


async def test_a_peer_that_hangs_up_interrupts_what_is_being_said(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer") as adapter:
        speaking = asyncio.create_task(adapter.send_audio(silent_chunk(1.0)))
        await asyncio.sleep(0.2)
        await server.calls[0].close()
        with pytest.raises(VoiceTransportError, match=r"ended|closed"):
            await speaking


async def test_messages_of_the_agent_are_events(server):
    adapter = WebRTCAgentAdapter(f"{server.url}/offer")
    adapter._scenario_line = line = Notices()
    async with adapter, Heard(adapter):
        async with asyncio.timeout(5):
            while not server.calls[0].channels:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        server.calls[0].channels[0].send("hello")
        other = server.calls[0].connection.createDataChannel("other")
        await asyncio.sleep(0.5)
        other.send("ä" * 4000)
        server.calls[0].channels[0].send(b"binary is nothing to read")
        await asyncio.sleep(0.5)
    assert line.notices == [
        ("transport_message", {"text": "hello"}),
        ("transport_message", {"text": "ä" * 2048}),
    ]


async def test_further_keys_go_out_and_come_back(server):
    adapter = WebRTCAgentAdapter(
        f"{server.url}/offer?room=7", offer_extra={"agent": "front desk"}, headers={"X-Key": "k"}
    )
    async with adapter:
        method, url, headers, body = server.requests[0]
        assert (method, url.rpartition("/")[2], headers["x-key"]) == ("POST", "offer?room=7", "k")
        assert json.loads(body)["agent"] == "front desk"
        assert adapter.answer["session"] == "the agent's own"


async def test_a_whip_session_is_deleted_with_the_keys_of_its_host(server):
    headers = {"Authorization": "Bearer SECRET-key"}
    async with WebRTCAgentAdapter(f"{server.url}/whip", signaling="whip", headers=headers):
        assert server.deleted == []
    assert server.deleted == ["1"]
    method, url, sent, _ = server.requests[-1]
    assert (method, url) == ("DELETE", f"{server.url}/session/1?token=of-the-session")
    assert sent["authorization"] == "Bearer SECRET-key"


async def test_another_host_is_not_given_our_keys(server):
    server.location = server.url.replace("127.0.0.1", "localhost") + "/session/{number}"
    headers = {"Authorization": "Bearer SECRET-key"}
    async with WebRTCAgentAdapter(f"{server.url}/whip", signaling="whip", headers=headers):
        pass
    assert server.deleted == ["1"]
    assert "authorization" not in server.requests[-1][2]


async def test_the_offer_names_addresses_of_this_machine_only(server):
    async with WebRTCAgentAdapter(f"{server.url}/offer"):
        offer = json.loads(server.requests[0][3])["sdp"]
    assert "m=audio" in offer.partition("m=application")[0]
    candidates = re.findall(r"a=candidate:.*", offer)
    assert candidates
    assert all(
        candidate.strip().endswith("127.0.0.1 " + candidate.split()[5] + " typ host")
        for candidate in candidates
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"signaling_url": "ws://host/offer"}, "https:// or http://"),
        ({"signaling_url": "http://host", "signaling": "sip"}, "'json' or 'whip'"),
        ({"signaling_url": "http://host", "signaling": "whip", "offer_extra": {"a": 1}}, "offer_extra"),
        ({"signaling_url": "http://host", "ice_servers": ["stun.example.org"]}, "ice_servers"),
        ({"signaling_url": "http://host", "ice_servers": [{"urls": "turn:a", "user": "b"}]}, "'user'"),
    ],
)
def test_nonsense_is_refused_when_it_is_written(options, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        WebRTCAgentAdapter(**options)


def test_secrets_are_not_shown():
    adapter = WebRTCAgentAdapter(
        "https://user:SECRET-1@host/offer?key=SECRET-2",
        headers={"Authorization": "SECRET-3"},
        ice_servers=[{"urls": "turn:host", "username": "SECRET-4", "credential": "SECRET-5"}],
        offer_extra={"a": [{"b": "SECRET-6"}]},
    )
    assert "SECRET" not in f"{adapter!r} {vars(adapter)!r}"
    assert repr(adapter) == "WebRTCAgentAdapter(signaling_url='https://host/offer')"
    (server,) = adapter.ice_servers
    assert server.for_library().credential == "SECRET-5"
