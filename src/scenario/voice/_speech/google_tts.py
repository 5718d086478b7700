"""TTS prefix `google/`: Google Cloud Text-to-Speech over REST, with Google's default credentials."""

from __future__ import annotations

import asyncio
import base64
from importlib import import_module
from typing import Any

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.wav import is_wav, read_wav
from scenario.voice._secret import Secret
from scenario.voice._speech.http import field_of, post
from scenario.voice._speech.sentences import split_text, utf8_size
from scenario.voice.errors import MissingVoiceDependencyError

BASE = "https://texttospeech.googleapis.com"
_PROVIDER = "Google text-to-speech"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_LIMIT = 5000  # bytes of text in one request


async def synthesize(text: str, voice: str) -> bytes:
    """Return `text` as canonical audio.

    Args:
        text: what to say; more than 5000 bytes are said in several requests.
        voice: such as `en-US-Chirp3-HD-Charon`; its first two parts are the language.
    """
    headers = await asyncio.to_thread(_headers)
    audio: list[bytes] = []
    for part in split_text(text, _LIMIT, utf8_size):
        response = await post(
            f"{BASE}/v1/text:synthesize",
            provider=_PROVIDER,
            headers=headers,
            json={
                "input": {"text": part},
                "voice": {"languageCode": "-".join(voice.split("-")[:2]), "name": voice},
                "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": SAMPLE_RATE},
            },
        )
        data = base64.b64decode(field_of(response, "audioContent", _PROVIDER))
        audio.append(read_wav(data) if is_wav(data) else data)
    return b"".join(audio)


def _headers() -> dict[str, str]:
    """Return what authorises a request; it may ask Google's token server, or the machine's, and blocks."""
    try:
        auth: Any = import_module("google.auth")  # its annotations are incomplete
        transport: Any = import_module("google.auth.transport.requests")
    except ImportError as error:
        raise MissingVoiceDependencyError(feature=_PROVIDER, package="google-auth", extra="gemini") from error
    credentials, _ = auth.default(scopes=[_SCOPE])
    credentials.refresh(transport.Request())
    headers: dict[str, str] = {"Authorization": Secret(f"Bearer {credentials.token}")}
    if project := getattr(credentials, "quota_project_id", None):
        headers["x-goog-user-project"] = project
    return headers
