"""Speech-to-text by ElevenLabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._secret import Secret
from scenario.voice._speech.elevenlabs_tts import BASE
from scenario.voice._speech.http import field_of, key_of_provider, post
from scenario.voice._speech.upload_stt import UploadSTTProvider

if TYPE_CHECKING:
    from scenario.voice._speech.uploads import Upload

_PROVIDER = "ElevenLabs speech-to-text"
_MODEL = "scribe_v1"


class ElevenLabsSTTProvider(UploadSTTProvider):
    """Transcribes with ElevenLabs.

    Args:
        api_key: the key; default `ELEVENLABS_API_KEY`.
    """

    def __init__(self, api_key: str | None = None) -> None:
        self._api_key = Secret(api_key) if api_key else None

    def __repr__(self) -> str:
        return "ElevenLabsSTTProvider(api_key='***')"

    async def _ask(self, upload: Upload) -> str:
        response = await post(
            f"{BASE}/v1/speech-to-text",
            provider=_PROVIDER,
            headers={"xi-api-key": self._api_key or key_of_provider("ElevenLabs", "ELEVENLABS_API_KEY")},
            data={"model_id": _MODEL},
            files={"file": upload},
        )
        return field_of(response, "text", _PROVIDER)
