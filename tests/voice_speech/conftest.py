"""What holds for every test of speech: no keys, no cached speech, the default providers, short pauses."""

from __future__ import annotations

import pytest

from scenario.voice._speech import http, stt, tts, tts_registry

_VARIABLES = (
    "OPENAI_BASE_URL", "ELEVENLABS_API_KEY", "CARTESIA_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS",
    "SCENARIO_TTS_CACHE_DIR", "SCENARIO_OPENAI_TTS_MODEL", "SCENARIO_OPENAI_STT_MODEL",
    "SCENARIO_OPENAI_REALTIME_MODEL", "SCENARIO_GEMINI_LIVE_MODEL", "SCENARIO_VOICE_LLM_MODEL",
)  # fmt: skip


@pytest.fixture(autouse=True)
def untouched_speech(monkeypatch):
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(tts_registry, "_registered", {})
    monkeypatch.setattr(stt, "_provider", None)
    monkeypatch.setattr(http, "FIRST_DELAY", 0.01)
    tts.clear_cache()
