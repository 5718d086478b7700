"""Requests are judged as Twilio's own package judges them, whatever the local server sees of them."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.transports.twilio.conftest import OURS, TOKEN, connect

BASES = [
    "https://tunnel.example.test",
    "https://tunnel.example.test:443",
    "https://tunnel.example.test:8443",
    "https://tunnel.example.test/agents/one/",
]
ALPHABET = "aZ09 +&=%/?#äß€漢🙂\n"


class MultiDict(dict):
    """Form fields as web frameworks give them to the official validator."""

    def __init__(self, fields) -> None:
        super().__init__(fields)
        self._fields = fields

    def getlist(self, name):
        return [value for key, value in self._fields if key == name]


def text(rng: random.Random, longest: int) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(0, longest)))


def generated(rng: random.Random, base: str):
    """Return the parts of a request: fields, query, headers, and the official verdict on it."""
    names = [text(rng, 6) or "Body" for _ in range(rng.randint(0, 5))]
    fields = [("From", OURS), *((rng.choice(names), text(rng, 8)) for _ in names for _ in range(2))]
    query = urlencode([("q", text(rng, 4))]) if rng.random() < 0.3 else ""
    url = f"{base.rstrip('/')}/twilio/voice" + (f"?{query}" if query else "")
    validator = RequestValidator(TOKEN if rng.random() < 0.9 else "another token")
    signed = rng.choice([url, url.replace(":443/", "/"), url.replace(":8443/", "/"), "https://other.test/"])
    if ".test/" in url:
        signed = rng.choice([signed, url.replace(".test/", ".test:443/")])
    algorithm = rng.choice([None, "HMAC_SHA1", "HMAC_SHA256", "hmac_sha256", "HMAC_MD5"])
    known = algorithm if algorithm != "HMAC_MD5" else None
    signature = validator.compute_signature(signed, MultiDict(fields), known)
    if rng.random() < 0.15:
        signature = rng.choice(["", signature[:-1], signature.swapcase(), "AAAA"])
    if rng.random() < 0.1:
        fields = fields[:-1]
    headers = {"X-Twilio-Signature": signature}
    if algorithm:
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key=shared_1,algorithm={algorithm}"
    verdict = RequestValidator(TOKEN).validate(url, MultiDict(fields), signature, algorithm)
    return fields, query, headers, verdict


@pytest.mark.parametrize("base", BASES)
async def test_125_generated_requests_get_the_official_verdict_each(twilio, new_adapter, base):
    adapter = new_adapter(public_base_url=base)
    await connect(twilio, adapter)
    rng = random.Random(base)
    verdicts = []
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for _ in range(125):
            fields, query, headers, verdict = generated(rng, base)
            url = f"http://127.0.0.1:{adapter.bound_port}/twilio/voice" + (f"?{query}" if query else "")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            answer = await client.post(url, content=urlencode(fields), headers=headers)
            assert answer.status_code == (200 if verdict else 403), (fields, query, headers)
            verdicts.append(verdict)
    assert 20 < sum(verdicts) < 105


async def test_a_request_without_a_signature_is_refused_and_leaves_no_token(twilio, adapter):
    async with httpx.AsyncClient(trust_env=False) as client:
        url = twilio.local("https://tunnel.example.test/twilio/voice")
        answer = await client.post(url, data={"CallSid": "CA1", "From": OURS})
    assert answer.status_code == 403
    assert "token" not in answer.text


async def test_without_validation_there_is_one_warning_and_no_check(twilio, new_adapter, caplog):
    adapter = new_adapter(validate_signature=False)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    await connect(twilio, adapter)
    async with httpx.AsyncClient(trust_env=False) as client:
        url = twilio.local("https://tunnel.example.test/twilio/voice")
        answer = await client.post(url, data={"CallSid": "CA1", "From": OURS})
    assert answer.status_code == 200


async def test_a_body_that_never_ends_is_cut_off(twilio, adapter):
    async with httpx.AsyncClient(trust_env=False) as client:
        url = twilio.local("https://tunnel.example.test/twilio/voice")
        answer = await client.post(url, content=b"a" * 100_000)
    assert answer.status_code == 413
