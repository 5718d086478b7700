"""Every feature of voice whose package is missing names the package and the extra that installs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing import OfflineTTS
speech = OfflineTTS().speak("hello there").data
sys.modules[{missing!r}] = None
import asyncio, scenario
from scenario.voice import AudioChunk, LocalSTTProvider, register_tts_provider, synthesize

async def telephone(text, name):
    return write_wav(speech, rate=8000)

async def feature():
    await {feature}

register_tts_provider("telephone", telephone)
try:
    asyncio.run(feature())
except scenario.voice.MissingVoiceDependencyError as error:
    print(error)
"""

_TWILIO = (
    "scenario.TwilioAgentAdapter(account_sid='AC1', auth_token='t', phone_number='+15551111', "
    "public_base_url='https://example.test').connect()"
)
_LIVEKIT = "scenario.LiveKitAgentAdapter('ws://127.0.0.1:9', 'key', 's' * 32, 'room').connect()"
_WEBRTC = "scenario.WebRTCAgentAdapter('http://127.0.0.1:9/offer').connect()"
_PIPECAT = "scenario.PipecatAgentAdapter(signaling_url='http://127.0.0.1:9', transport='webrtc').connect()"


@pytest.mark.parametrize(
    ("missing", "package", "extra", "feature"),
    [
        ("starlette", "starlette", "twilio", _TWILIO),
        ("uvicorn", "uvicorn", "twilio", _TWILIO),
        ("aiortc", "aiortc", "webrtc", _WEBRTC),
        ("aiortc", "aiortc", "webrtc", _PIPECAT),
        ("livekit", "livekit-api", "livekit", _LIVEKIT),
        ("pocketsphinx", "pocketsphinx", "local", "LocalSTTProvider().transcribe(AudioChunk(speech))"),
        ("websockets", "websockets", "voice", "scenario.OpenAIRealtimeAgentAdapter(api_key='k').connect()"),
        ("websockets", "websockets", "voice", "scenario.GeminiLiveAgentAdapter(api_key='k').connect()"),
        ("soxr", "soxr", "voice", "synthesize('hello', 'telephone/x')"),
        ("google.auth", "google-auth", "gemini", "synthesize('hello', 'google/en-US-A')"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    missing: str, package: str, extra: str, feature: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(missing=missing, feature=feature)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"needs the package '{package}'" in done.stdout, done.stderr
    assert f"pip install 'agent-scenario[{extra}]'" in done.stdout
