"""Speech-to-text: what a provider is, and which one is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk


class STTProvider(ABC):
    """Turns speech into text. Subclass it for a provider of your own; one method makes a complete one."""

    @abstractmethod
    async def transcribe(self, audio: AudioChunk) -> str:
        """Return what is said in `audio`, or `""` if nothing is.

        Args:
            audio: PCM16, 24,000 Hz, mono. Its `transcript` is not what was heard, so it is not looked at.
        """


_provider: STTProvider | None = None  # the user's one process-wide setting


def set_stt_provider(provider: STTProvider | None) -> None:
    """Make `provider` the one that is asked wherever a run or call names no other.

    Args:
        provider: `None` brings the default back, `OpenAISTTProvider()`.

    Raises:
        TypeError: it is no `STTProvider`.
    """
    global _provider
    if provider is not None and not isinstance(provider, STTProvider):  # pyright: ignore[reportUnnecessaryIsInstance] - users pass anything
        raise TypeError(f"expected an instance of STTProvider, got {provider!r}")
    _provider = provider


def get_stt_provider() -> STTProvider:
    """Return the provider that was set; without one `OpenAISTTProvider()`, made now."""
    global _provider
    if _provider is None:
        from scenario.voice._speech.openai_stt import OpenAISTTProvider

        _provider = OpenAISTTProvider()
    return _provider


async def transcribe(audio: AudioChunk) -> str:
    """Return the text of `audio`: its transcript if it has one, else what the STT provider hears."""
    return audio.transcript or await get_stt_provider().transcribe(audio)
