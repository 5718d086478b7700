"""An agent that hears and speaks with ElevenLabs uses its key for both, and shows it to nobody."""

from __future__ import annotations

import json
import logging

import pytest

import scenario
from scenario.errors import ModelCallError
from scenario.voice import ElevenLabsSTTProvider, ElevenLabsVoiceAgent
from scenario.voice._speech import elevenlabs_stt, elevenlabs_tts
from tests.peers.openai_server import OpenAIServer
from tests.transports.local.agents import CountingSTT, speech
from tests.voice_run.plays import dialogue, play
from tests.voice_speech.speech_server import Answer, serving

SECRET = "SECRET-elevenlabs"
VOICE = "ELEVENLABS_VOICE_ID"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for variable in ("ELEVENLABS_API_KEY", VOICE):
        monkeypatch.delenv(variable, raising=False)


async def test_one_key_hears_and_speaks_and_is_shown_nowhere(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    heard = Answer(json.dumps({"text": "I need a room"}).encode())
    said = Answer(speech("for how many nights").data)
    async with (
        serving(heard) as ear,
        serving(said) as mouth,
        OpenAIServer("for how many nights") as model,
    ):
        monkeypatch.setattr(elevenlabs_stt, "BASE", ear.url)
        monkeypatch.setattr(elevenlabs_tts, "BASE", mouth.url)
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        agent = ElevenLabsVoiceAgent(SECRET, voice="elevenlabs/abc")
        script = [scenario.user("I need a room"), scenario.agent(), scenario.succeed()]
        result = await play(agent, script=script)
    assert dialogue(result)[1] == ("assistant", "for how many nights")
    (asked_to_hear,), (asked_to_speak,) = ear.asked, mouth.asked
    assert asked_to_hear.headers["xi-api-key"] == asked_to_speak.headers["xi-api-key"] == SECRET
    assert asked_to_speak.target.startswith("/v1/text-to-speech/abc?")
    assert (
        SECRET not in f"{agent!r} {vars(agent)!r} {agent.stt!r} {vars(agent.stt)!r} {result!r} {caplog.text}"
    )


def test_its_voice_is_that_of_the_environment(monkeypatch):
    assert ElevenLabsVoiceAgent("key").tts == "elevenlabs/EXAVITQu4vr4xnSDxMaL"
    monkeypatch.setenv(VOICE, "other")
    assert ElevenLabsVoiceAgent("key").tts == "elevenlabs/other"
    assert ElevenLabsVoiceAgent("key", voice="offline/desk").tts == "offline/desk"
    assert isinstance(ElevenLabsVoiceAgent("key").stt, ElevenLabsSTTProvider)


def test_its_repr():
    shown = "ElevenLabsVoiceAgent(api_key='***', llm='openai/m', voice='elevenlabs/v')"
    assert repr(ElevenLabsVoiceAgent(SECRET, llm="openai/m", voice="elevenlabs/v")) == shown


async def test_a_missing_key_is_said_when_it_connects(monkeypatch):
    with pytest.raises(ValueError, match=r"api_key is missing: pass api_key=... or set ELEVENLABS_API_KEY"):
        await ElevenLabsVoiceAgent("").connect()
    monkeypatch.setenv("ELEVENLABS_API_KEY", SECRET)
    async with ElevenLabsVoiceAgent("") as agent:
        assert agent.api_key == SECRET


async def test_no_key_is_needed_where_elevenlabs_is_not_used():
    async with ElevenLabsVoiceAgent("", voice="offline/desk", stt=CountingSTT()) as agent:
        assert agent.api_key == ""


async def test_a_missing_key_of_its_chat_model_is_said_with_what_sets_both(monkeypatch):
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "SCENARIO_VOICE_LLM_MODEL"):
        monkeypatch.delenv(variable, raising=False)
    async with ElevenLabsVoiceAgent("", voice="offline/desk", stt=CountingSTT()) as agent:
        await agent.notify_agent_turn()
        with pytest.raises(ModelCallError, match=r"llm= or SCENARIO_VOICE_LLM_MODEL, and set its") as caught:
            await agent.recv_audio(30)
    assert "openai/gpt-5.4-mini" in str(caught.value)
    assert "OPENAI_API_KEY" in str(caught.value)
