"""What hosted TTS providers are sent: the same as their own SDKs send (spec: voice 9)."""

from __future__ import annotations

import base64
import json
import logging
import traceback

import pytest
from elevenlabs.client import AsyncElevenLabs
from openai import AsyncOpenAI

from scenario.voice import synthesize
from scenario.voice._audio.wav import write_wav
from scenario.voice._speech import cartesia_tts, elevenlabs_tts, google_tts, http
from scenario.voice._speech.tts import clear_cache
from tests.voice_speech.speech_server import Answer, serving

SOUND = bytes(range(200))
KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def openai_at(monkeypatch):
    def point(server):
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)

    return point


async def test_openai_is_sent_what_its_sdk_sends(openai_at):
    async with serving(Answer(SOUND)) as server:
        openai_at(server)
        chunk = await synthesize("Hello.", "openai/nova", style="warm and slow")
        async with AsyncOpenAI(api_key=KEY, base_url=f"{server.url}/v1") as client:
            await client.audio.speech.create(
                model="gpt-4o-mini-tts",
                voice="nova",
                input="Hello.",
                response_format="pcm",
                instructions="warm and slow",
            )
    ours, theirs = server.asked
    assert chunk.data == SOUND
    assert (ours.target, ours.json) == (theirs.target, theirs.json)
    assert ours.headers["authorization"] == theirs.headers["authorization"] == f"Bearer {KEY}"


async def test_elevenlabs_is_sent_what_its_sdk_sends_with_the_style_as_one_tag(monkeypatch):
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    async with serving(Answer(SOUND)) as server:
        monkeypatch.setattr(elevenlabs_tts, "BASE", server.url)
        chunk = await synthesize("Hello.", "elevenlabs/JBFqnCBsd6", style="[sad] and\nslow")
        client = AsyncElevenLabs(api_key=KEY, base_url=server.url)
        stream = client.text_to_speech.convert(
            "JBFqnCBsd6", text="[(sad) and slow] Hello.", model_id="eleven_v3", output_format="pcm_24000"
        )
        assert b"".join([part async for part in stream]) == SOUND == chunk.data
        await client._client_wrapper.httpx_client.httpx_client.aclose()
    ours, theirs = server.asked
    assert (ours.target, ours.json) == (theirs.target, theirs.json)
    assert ours.headers["xi-api-key"] == theirs.headers["xi-api-key"] == KEY


async def test_cartesia_is_sent_what_its_documentation_asks_for(monkeypatch):
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    async with serving(Answer(SOUND)) as server:
        monkeypatch.setattr(cartesia_tts, "BASE", server.url)
        assert (await synthesize("Hello.", "cartesia/694f9389")).data == SOUND
    [asked] = server.asked
    assert asked.target == "/tts/bytes"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["cartesia-version"] == "2025-04-16"
    assert asked.json == {
        "model_id": "sonic-3",
        "transcript": "Hello.",
        "voice": {"mode": "id", "id": "694f9389"},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000},
    }


async def test_google_is_asked_with_default_credentials_and_its_wav_header_is_not_played(
    monkeypatch, tmp_path
):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def answer(asked):
        if asked.target == "/token":
            return Answer({"access_token": "google-token", "expires_in": 3600, "token_type": "Bearer"})
        return Answer({"audioContent": base64.b64encode(write_wav(SOUND)).decode()})

    async with serving(answer) as server:
        account = {
            "type": "service_account",
            "client_email": "a@b.iam.gserviceaccount.com",
            "token_uri": f"{server.url}/token",
            "private_key": private.decode(),
            "project_id": "p",
        }
        (tmp_path / "key.json").write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
        monkeypatch.setattr(google_tts, "BASE", server.url)
        chunk = await synthesize("Hello.", "google/de-AT-Chirp3-HD-Charon")
    asked = server.asked[-1]
    assert chunk.data == SOUND
    assert asked.target == "/v1/text:synthesize"
    assert asked.headers["authorization"] == "Bearer google-token"
    assert asked.json == {
        "input": {"text": "Hello."},
        "voice": {"languageCode": "de-AT", "name": "de-AT-Chirp3-HD-Charon"},
        "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": 24000},
    }


async def test_text_over_the_limit_is_said_in_several_requests(openai_at):
    text = " ".join(f"This is sentence number {number}." for number in range(300))
    async with serving(lambda asked: Answer(asked.json["input"][:2].encode())) as server:
        openai_at(server)
        chunk = await synthesize(text, "openai/nova")
    parts = [asked.json["input"] for asked in server.asked]
    assert " ".join(parts) == text
    assert all(len(part) <= 4096 and part.endswith(".") for part in parts)
    assert chunk.data == b"Th" * len(parts)


async def test_all_requests_of_a_loop_share_their_connections(openai_at):
    async with serving(Answer(SOUND)) as server:
        openai_at(server)
        for number in range(5):
            await synthesize(f"{number}", "openai/nova")
    assert (len(server.asked), server.connections) == (5, 1)


@pytest.mark.parametrize("trouble", [Answer(status=429), Answer(status=503), Answer(drop=True)])
async def test_a_busy_failing_or_vanishing_server_is_asked_again_twice(openai_at, trouble):
    async with serving(trouble, trouble, Answer(SOUND)) as server:
        openai_at(server)
        assert (await synthesize("Hello.", "openai/nova")).data == SOUND
    async with serving(trouble) as server:
        openai_at(server)
        clear_cache()
        with pytest.raises(RuntimeError, match=r"OpenAI text-to-speech(: HTTP \d+| cannot be reached: \w+)$"):
            await synthesize("Hello.", "openai/nova")
    assert len(server.asked) == 3


async def test_a_refusal_is_not_tried_again_and_nothing_shows_the_key(openai_at, caplog):
    caplog.set_level(logging.DEBUG)
    body = {"error": {"message": f"Incorrect API key provided: {KEY}. " + "x" * 1000}}
    async with serving(Answer(body, status=401)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"^OpenAI text-to-speech: HTTP 401$") as caught:
            await synthesize("Hello.", "openai/nova")
    assert len(server.asked) == 1
    [said] = [record.getMessage() for record in caplog.records if "answered HTTP 401" in record.getMessage()]
    assert "Incorrect API key" in said
    assert len(said) < 360
    assert KEY not in caplog.text + "".join(traceback.format_exception(caught.value))


async def test_a_model_that_is_gone_is_reported_with_the_variable_that_names_another(openai_at, monkeypatch):
    monkeypatch.setenv("SCENARIO_OPENAI_TTS_MODEL", "gpt-old-tts")
    body = {"error": {"code": "model_not_found", "message": "The model `gpt-old-tts` does not exist"}}
    async with serving(Answer(body, status=404)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"404: the model 'gpt-old-tts'.*SCENARIO_OPENAI_TTS_MODEL"):
            await synthesize("Hello.", "openai/nova")


async def test_a_server_that_never_answers_is_given_up_without_another_try(openai_at, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    async with serving(Answer(SOUND, delay=5)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"did not answer within 0\.2 s"):
            await synthesize("Hello.", "openai/nova")
    assert len(server.asked) == 1


@pytest.mark.parametrize("prefix", ["openai", "elevenlabs", "cartesia"])
async def test_without_a_key_the_variable_is_named(prefix):
    with pytest.raises(ValueError, match=f"set {prefix.upper()}_API_KEY"):
        await synthesize("Hello.", f"{prefix}/v")
