"""Speech for tests: a voice that carries its text in its sound, and an ear that reads it back.

Nothing leaves the process, no key is needed, and the same text always sounds the same.
"""

from __future__ import annotations

from random import Random

from scenario._off_loop import off_loop
from scenario.voice._audio.chunk import BYTES_PER_SECOND, AudioChunk
from scenario.voice._clock import current_clock
from scenario.voice._speech.offline_code import text_of, words_of
from scenario.voice._speech.stt import STTProvider

_LONG = 60 * BYTES_PER_SECOND  # audio from here on is listened to in a thread


class OfflineTTS:
    """Speaks without a network; `synthesize(text, "offline/<any name>")` uses it.

    Each letter (each byte of the UTF-8 text) lasts 60 ms, each gap between words 120 ms. The level is
    -20 dBFS, the pitch depends on the name of the voice, and `OfflineSTT` gets the text back from the sound.
    An instance is itself a TTS provider: `register_tts_provider("mine", OfflineTTS())`.
    """

    async def __call__(self, text: str, voice: str) -> bytes:
        """Return `text` as canonical audio."""
        return self.speak(text, voice).data

    def speak(self, text: str, voice: str = "") -> AudioChunk:
        """Return `text` as a chunk that has it as its transcript."""
        from scenario.voice._speech.offline_sound import speak

        return AudioChunk(speak(words_of(text), voice), transcript=text)


class OfflineSTT(STTProvider):
    """Hears what `OfflineTTS` says, and `""` in everything else.

    The text comes back exactly from clean, resampled and telephone audio, also with silence around and in it;
    several utterances are joined by a space, and of a word that is cut off nothing is heard. Effects cost
    words.

    Args:
        errors: the share of words, from 0 to 1, that are misheard.
        seed: which ones; the same seed mishears the same text in the same way.

    Raises:
        ValueError: `errors` is not a share.
    """

    def __init__(self, errors: float = 0.0, seed: int = 0) -> None:
        if not 0 <= errors <= 1:
            raise ValueError(f"errors must be a share from 0 to 1, got {errors!r}")
        self.errors = errors
        self.seed = seed

    def __repr__(self) -> str:
        return f"OfflineSTT(errors={self.errors!r}, seed={self.seed!r})"

    async def transcribe(self, audio: AudioChunk) -> str:
        """Return the text in the sound of `audio`."""
        if len(audio.data) < _LONG:
            return self.hear(audio.data)
        with current_clock().hold():
            return await off_loop(self.hear, audio.data)

    def hear(self, audio: bytes) -> str:
        """Return the text in canonical audio."""
        from scenario.voice._speech.offline_sound import hear

        text = text_of(hear(audio))
        return self._misheard(text) if self.errors else text

    def _misheard(self, text: str) -> str:
        random = Random(f"{self.seed}:{text}")  # noqa: S311 - mistakes that can be repeated
        return " ".join(
            random.choice([wrong for wrong in _WRONG_WORDS if wrong != word.lower()])
            if random.random() < self.errors
            else word
            for word in text.split(" ")
        )


_WRONG_WORDS = ("amber", "blanket", "copper", "dolphin", "elbow", "fennel", "gravel", "harbour")
