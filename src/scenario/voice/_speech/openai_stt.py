"""Speech-to-text by OpenAI."""

from __future__ import annotations

from scenario.voice._speech.defaults import OPENAI_STT_MODEL, openai_stt_model
from scenario.voice._speech.http import field_of, post
from scenario.voice._speech.openai_api import openai_headers, openai_url
from scenario.voice._speech.upload_stt import UploadSTTProvider
from scenario.voice._speech.uploads import MAX_SECONDS, Upload

_PROVIDER = "OpenAI speech-to-text"
_SHORTER = {"gpt-4o-transcribe-diarize": 1400.0}


class OpenAISTTProvider(UploadSTTProvider):
    """Transcribes with OpenAI; the key is `OPENAI_API_KEY`, `OPENAI_BASE_URL` moves the endpoint.

    Args:
        model: which model; if it is not given, `SCENARIO_OPENAI_STT_MODEL` may name another one.
    """

    def __init__(self, model: str = OPENAI_STT_MODEL) -> None:
        self.model = openai_stt_model(model)
        self.max_seconds = _SHORTER.get(self.model, MAX_SECONDS)

    def __repr__(self) -> str:
        return f"OpenAISTTProvider(model={self.model!r})"

    async def _ask(self, upload: Upload) -> str:
        response = await post(
            openai_url("audio/transcriptions"),
            provider=_PROVIDER,
            headers=openai_headers(),
            model=self.model,
            variable=OPENAI_STT_MODEL.variable,
            data={"model": self.model},
            files={"file": upload},
        )
        return field_of(response, "text", _PROVIDER)
