"""Speech events for adapters whose transport reports none."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar, Literal

from scenario.voice._vad.detector import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._audio.chunk import AudioChunk

_MARGINS_DB = (6.0, 7.5, 9.0, 12.0)


class WebRTCVadFallback:
    """Detects speech here, and warns once per adapter name and process that it does.

    The name is that of the library that did this once. Measured on speech in the built-in noises, the
    library's own detector finds the ends of utterances better, and takes no noise for speech.

    Args:
        adapter_name: whose audio it is.
        aggressiveness: from 0 to 3, how far speech must be above the noise: 6, 7.5, 9 or 12 dB.
        on_speech_start: called when speech has begun.
        on_speech_end: called when speech is over.
        engine: what detects it: `"builtin"`.

    Raises:
        ValueError: an aggressiveness outside of 0 to 3, or an unknown engine.
    """

    FRAME_MS = 30
    SAMPLES_PER_FRAME = 720
    BYTES_PER_FRAME = 1440

    _warned: ClassVar[set[str]] = set()

    def __init__(
        self,
        adapter_name: str,
        aggressiveness: int = 2,
        on_speech_start: Callable[[], object] | None = None,
        on_speech_end: Callable[[], object] | None = None,
        *,
        engine: Literal["builtin"] = "builtin",
    ) -> None:
        if aggressiveness not in range(len(_MARGINS_DB)):
            raise ValueError(f"aggressiveness must be an integer from 0 to 3, got {aggressiveness!r}")
        if engine != "builtin":
            raise ValueError(f"engine must be 'builtin', got {engine!r}")
        self.adapter_name = adapter_name
        self.aggressiveness = aggressiveness
        self._on = {"start": on_speech_start, "end": on_speech_end}
        self._detector = SpeechDetector(margin_db=_MARGINS_DB[aggressiveness])
        self._speaking = False
        if adapter_name not in self._warned:
            self._warned.add(adapter_name)
            warnings.warn(
                f"{adapter_name} reports no speech of its own; speech is detected from its audio instead",
                stacklevel=2,
            )

    @property
    def is_speaking(self) -> bool:
        """Whether speech has begun and is not over."""
        return self._speaking

    def process(self, chunk: AudioChunk) -> None:
        """Take in the next audio, of any length, and call what waits for a beginning or an end of speech."""
        for edge in self._detector.push(chunk.data):
            self._speaking = edge.kind == "start"
            if (callback := self._on[edge.kind]) is not None:
                callback()

    @classmethod
    def reset_warnings(cls) -> None:
        """Warn again, also about adapters that have been warned of."""
        cls._warned.clear()
