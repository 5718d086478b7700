"""What hosted STT providers are sent: the same as their own SDKs send (spec: voice 10)."""

from __future__ import annotations

import logging
import traceback

import pytest
from elevenlabs.client import AsyncElevenLabs
from openai import AsyncOpenAI

from scenario.voice import ElevenLabsSTTProvider, OpenAISTTProvider, silent_chunk
from scenario.voice._audio.wav import read_wav
from scenario.voice._speech import elevenlabs_stt
from scenario.voice.testing.offline_speech import OfflineTTS
from tests.voice_speech.speech_server import Answer, serving

KEY = "sk-test-0123456789abcdef"
SPEECH = OfflineTTS().speak("Where is my order?", "ann")
HEARD = Answer({"text": " Where is my order? "}, headers=(("content-type", "application/json"),))


@pytest.fixture
def openai_at(monkeypatch):
    def point(server):
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1/")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)

    return point


async def test_openai_is_sent_what_its_sdk_sends(openai_at):
    async with serving(HEARD) as server:
        openai_at(server)
        assert await OpenAISTTProvider().transcribe(SPEECH) == "Where is my order?"
        [ours] = server.asked
        name, wav = ours.form["file"]
        async with AsyncOpenAI(api_key=KEY, base_url=f"{server.url}/v1") as client:
            await client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("audio.wav", wav))
    theirs = server.asked[1]
    assert (ours.target, ours.form) == (theirs.target, theirs.form)
    assert ours.headers["authorization"] == theirs.headers["authorization"]
    assert (name, read_wav(wav)) == ("audio.wav", SPEECH.data)


async def test_elevenlabs_is_sent_what_its_sdk_sends(monkeypatch):
    async with serving(HEARD) as server:
        monkeypatch.setattr(elevenlabs_stt, "BASE", server.url)
        assert await ElevenLabsSTTProvider(KEY).transcribe(SPEECH) == "Where is my order?"
        [ours] = server.asked
        client = AsyncElevenLabs(api_key=KEY, base_url=server.url)
        await client.speech_to_text.convert(model_id="scribe_v1", file=("audio.wav", ours.form["file"][1]))
        await client._client_wrapper.httpx_client.httpx_client.aclose()
    theirs = server.asked[1]
    assert (ours.target, ours.form["file"]) == (theirs.target, theirs.form["file"])
    # The SDK adds options that were not set as JSON null or empty; the fields that count are equal.
    assert ours.form["model_id"] == theirs.form["model_id"] == (None, b"scribe_v1")
    assert ours.headers["xi-api-key"] == theirs.headers["xi-api-key"] == KEY


async def test_elevenlabs_takes_its_key_from_the_environment(monkeypatch):
    with pytest.raises(ValueError, match="ELEVENLABS_API_KEY"):
        await ElevenLabsSTTProvider().transcribe(SPEECH)
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    async with serving(HEARD) as server:
        monkeypatch.setattr(elevenlabs_stt, "BASE", server.url)
        await ElevenLabsSTTProvider().transcribe(SPEECH)
    assert server.asked[0].headers["xi-api-key"] == KEY


def test_no_representation_shows_the_key():
    provider = ElevenLabsSTTProvider(KEY)
    assert repr(provider) == "ElevenLabsSTTProvider(api_key='***')"
    assert KEY not in repr(vars(provider))


@pytest.mark.parametrize("audio", [silent_chunk(3), silent_chunk(0)])
async def test_where_nobody_speaks_nothing_is_asked(openai_at, audio):
    async with serving(HEARD) as server:
        openai_at(server)
        assert await OpenAISTTProvider().transcribe(audio) == ""
    assert server.asked == []


async def test_errors_have_the_status_only(openai_at, caplog):
    caplog.set_level(logging.DEBUG)
    async with serving(Answer({"error": {"message": f"bad key {KEY}"}}, status=401)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"^OpenAI speech-to-text: HTTP 401$") as caught:
            await OpenAISTTProvider().transcribe(SPEECH)
    assert KEY not in caplog.text + "".join(traceback.format_exception(caught.value))


async def test_a_model_that_is_gone_is_reported_with_the_variable_that_names_another(openai_at):
    async with serving(Answer({"error": {"code": "model_not_found"}}, status=404)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"'gpt-4o-transcribe'.*SCENARIO_OPENAI_STT_MODEL"):
            await OpenAISTTProvider().transcribe(SPEECH)


async def test_a_busy_server_is_asked_again(openai_at):
    async with serving(Answer(status=500), Answer(status=429), HEARD) as server:
        openai_at(server)
        assert await OpenAISTTProvider().transcribe(SPEECH) == "Where is my order?"
    assert len({asked.form["file"] for asked in server.asked}) == 1
    assert len(server.asked) == 3


@pytest.mark.parametrize("body", [b"<html>", {"error": "x"}, [1], {"text": None}])
async def test_an_answer_without_text_is_an_error_that_says_so(openai_at, body):
    async with serving(Answer(body)) as server:
        openai_at(server)
        with pytest.raises(RuntimeError, match=r"^OpenAI speech-to-text answered without the text 'text'"):
            await OpenAISTTProvider().transcribe(SPEECH)
