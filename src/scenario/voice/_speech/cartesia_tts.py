"""TTS prefix `cartesia/`: Cartesia's bytes endpoint."""

from __future__ import annotations

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._secret import Secret
from scenario.voice._speech.http import key_of_provider, post

BASE = "https://api.cartesia.ai"
_MODEL = "sonic-3"
_VERSION = "2025-04-16"  # of the API; every request has to name one


def model() -> str:
    """Return the model that speaks."""
    return _MODEL


async def synthesize(text: str, voice: str) -> bytes:
    """Return `text` as canonical audio, in the voice with the id `voice`."""
    key = key_of_provider("Cartesia", "CARTESIA_API_KEY")
    response = await post(
        f"{BASE}/tts/bytes",
        provider="Cartesia text-to-speech",
        headers={"Authorization": Secret(f"Bearer {key}"), "Cartesia-Version": _VERSION},
        json={
            "model_id": _MODEL,
            "transcript": text,
            "voice": {"mode": "id", "id": voice},
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": SAMPLE_RATE},
        },
    )
    return response.content
