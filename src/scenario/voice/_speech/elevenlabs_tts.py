"""TTS prefix `elevenlabs/`: ElevenLabs' text-to-speech endpoint."""

from __future__ import annotations

from urllib.parse import quote

from scenario.voice._speech.http import key_of_provider, post
from scenario.voice._speech.sentences import split_text

BASE = "https://api.elevenlabs.io"
_MODEL = "eleven_v3"
_LIMIT = 5000  # characters of one request to this model


def model() -> str:
    """Return the model that speaks."""
    return _MODEL


async def synthesize(text: str, voice: str, style: str | None = None) -> bytes:
    """Return `text` as canonical audio: `pcm_24000` has the same form.

    Args:
        text: what to say.
        voice: the id of a voice.
        style: how to say it; sent as an audio tag, which this model follows and does not read out.
    """
    key = key_of_provider("ElevenLabs", "ELEVENLABS_API_KEY")
    tag = f"[{' '.join(style.translate(_NO_BRACKETS).split())}] " if style else ""
    audio: list[bytes] = []
    for part in split_text(text, _LIMIT - len(tag)):
        response = await post(
            f"{BASE}/v1/text-to-speech/{quote(voice, safe='')}?output_format=pcm_24000",
            provider="ElevenLabs text-to-speech",
            headers={"xi-api-key": key},
            json={"text": tag + part, "model_id": _MODEL},
        )
        audio.append(response.content)
    return b"".join(audio)


_NO_BRACKETS = str.maketrans("[]", "()")
