"""TTS prefix `offline/`: the voice of `OfflineTTS`, for tests."""

from __future__ import annotations

from scenario.voice._speech.offline import OfflineTTS


async def synthesize(text: str, voice: str) -> bytes:
    """Return `text` as canonical audio that `OfflineSTT` can read."""
    return await OfflineTTS()(text, voice)
