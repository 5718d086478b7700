"""TTS prefix `openai/`: OpenAI's speech endpoint."""

from __future__ import annotations

from scenario.voice._speech.defaults import OPENAI_TTS_MODEL, openai_tts_model
from scenario.voice._speech.http import post
from scenario.voice._speech.openai_api import openai_headers, openai_url
from scenario.voice._speech.sentences import split_text

_LIMIT = 4096  # characters of one request


def model() -> str:
    """Return the model that speaks."""
    return openai_tts_model()


async def synthesize(text: str, voice: str, style: str | None = None) -> bytes:
    """Return `text` as canonical audio: the endpoint's raw PCM has the same form.

    Args:
        text: what to say; more than 4096 characters are said in several requests.
        voice: such as `nova`.
        style: how to say it.
    """
    audio: list[bytes] = []
    for part in split_text(text, _LIMIT):
        body = {"model": model(), "voice": voice, "input": part, "response_format": "pcm"}
        if style:
            body["instructions"] = style
        response = await post(
            openai_url("audio/speech"),
            provider="OpenAI text-to-speech",
            headers=openai_headers(),
            model=model(),
            variable=OPENAI_TTS_MODEL.variable,
            json=body,
        )
        audio.append(response.content)
    return b"".join(audio)
