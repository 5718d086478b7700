"""What the webhook answers, and to whom."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.twiml.voice_response import Connect, Stream, VoiceResponse

from tests.transports.twilio.conftest import OURS, THEIRS, connect

VOICE = "https://tunnel.example.test/twilio/voice"


def canonical(document: str) -> str:
    return ET.canonicalize(document)


async def test_a_call_is_connected_with_the_document_that_the_official_package_writes(twilio, adapter):
    answer = await twilio.post_signed(VOICE, {"CallSid": "CA1", "From": THEIRS})
    assert answer.headers["content-type"].startswith("application/xml")
    token = ET.fromstring(answer.text).find(".//Parameter").attrib["value"]
    stream = Stream(url="wss://tunnel.example.test/twilio/stream")
    stream.parameter(name="token", value=token)
    connecting = Connect()
    connecting.append(stream)
    official = VoiceResponse()
    official.append(connecting)
    assert canonical(answer.text) == canonical(str(official))


async def test_every_call_gets_a_token_of_its_own(twilio, adapter):
    answers = [await twilio.post_signed(VOICE, {"CallSid": "CA1", "From": THEIRS}) for _ in range(2)]
    assert answers[0].text != answers[1].text


@pytest.mark.parametrize(
    ("allowed", "is_taken"), [(None, True), ([THEIRS], True), ([OURS], False), ([], False)]
)
async def test_only_allowed_callers_are_taken_and_an_empty_list_is_nobody(
    twilio, new_adapter, allowed, is_taken
):
    adapter = new_adapter(allowed_callers=allowed)
    await connect(twilio, adapter)
    answer = await twilio.post_signed(VOICE, {"CallSid": "CA1", "From": THEIRS})
    assert ("<Stream" in answer.text) == is_taken
    if not is_taken:
        official = VoiceResponse()
        official.reject()
        assert canonical(answer.text) == canonical(str(official))


@pytest.mark.parametrize("path", ["/twilio/health", "/agents/one/twilio/health"])
async def test_health_repeats_the_nonce_with_and_without_the_path_of_the_public_address(
    twilio, new_adapter, path
):
    adapter = new_adapter(public_base_url="https://tunnel.example.test/agents/one")
    await connect(twilio, adapter)
    async with httpx.AsyncClient(trust_env=False) as client:
        local = f"http://127.0.0.1:{adapter.bound_port}"
        assert (await client.get(f"{local}{path}?nonce=7f")).text == "7f"
        assert (await client.get(f"{local}/else")).status_code == 404
        assert (await client.post(f"{local}/twilio/voice/")).status_code == 404


async def test_what_proxies_say_of_the_address_does_not_matter(twilio, adapter):
    form = {"CallSid": "CA1", "From": THEIRS}
    headers = {
        "X-Twilio-Signature": twilio.signer.compute_signature(VOICE, form),
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "elsewhere.example.test",
        "Host": "localhost",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(twilio.local(VOICE), data=form, headers=headers)
    assert 'url="wss://tunnel.example.test/twilio/stream"' in answer.text


async def test_addresses_are_escaped_in_documents(twilio, new_adapter):
    adapter = new_adapter(public_base_url="https://tunnel.example.test/a&b")
    await connect(twilio, adapter)
    answer = await twilio.post_signed("https://tunnel.example.test/a&b/twilio/voice", {"CallSid": "CA1"})
    (stream,) = ET.fromstring(answer.text).iter("Stream")
    assert stream.attrib["url"] == "wss://tunnel.example.test/a&b/twilio/stream"
