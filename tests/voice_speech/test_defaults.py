"""Default models and the variables that replace them (spec: voice 1)."""

from __future__ import annotations

import inspect
import pickle

import pytest

from scenario.voice import OpenAISTTProvider
from scenario.voice._speech import defaults

FUNCTIONS = {
    "SCENARIO_OPENAI_TTS_MODEL": (defaults.openai_tts_model, "gpt-4o-mini-tts"),
    "SCENARIO_OPENAI_STT_MODEL": (defaults.openai_stt_model, "gpt-4o-transcribe"),
    "SCENARIO_OPENAI_REALTIME_MODEL": (defaults.openai_realtime_model, "gpt-realtime-mini"),
    "SCENARIO_GEMINI_LIVE_MODEL": (defaults.gemini_live_model, "gemini-2.5-flash-native-audio-latest"),
    "SCENARIO_VOICE_LLM_MODEL": (defaults.voice_llm_model, "openai/gpt-5.4-mini"),
}


@pytest.mark.parametrize("variable", FUNCTIONS)
def test_the_variable_counts_when_no_model_is_given(variable, monkeypatch):
    model_of, default = FUNCTIONS[variable]
    assert model_of() == default
    monkeypatch.setenv(variable, "newer")
    assert (model_of(), model_of(None)) == ("newer", "newer")
    assert model_of(default) == default  # the same name, but given


def test_the_signature_keeps_the_literal_default(monkeypatch):
    monkeypatch.setenv("SCENARIO_OPENAI_STT_MODEL", "newer")
    assert str(inspect.signature(OpenAISTTProvider)) == "(model: 'str' = 'gpt-4o-transcribe') -> 'None'"
    assert OpenAISTTProvider().model == "newer"
    assert OpenAISTTProvider("whisper-1").model == "whisper-1"


def test_a_default_can_be_pickled():
    copy = pickle.loads(pickle.dumps(defaults.OPENAI_STT_MODEL))
    assert (copy, copy.variable) == ("gpt-4o-transcribe", "SCENARIO_OPENAI_STT_MODEL")
