"""The simulated user's voice: text to speech, then effects."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import AudioChunk

if TYPE_CHECKING:
    from collections.abc import Sequence


class UserVoice:
    """Speaks what the users of one run say.

    Args:
        seed: of effects without a seed of their own.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._turn = 0
        self._effects: list[Any] | None = None

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace the effects of all simulated users from the next turn on."""
        self._effects = list(effects)

    async def speak(
        self,
        text: str,
        simulator: Any,
        *,
        style: str | None = None,
        effects: Sequence[Any] | None = None,
    ) -> AudioChunk:
        """Return what the simulator says, in its voice.

        Args:
            text: what is said; it becomes the transcript.
            simulator: has `voice` and `audio_effects`.
            style: how to say it.
            effects: for this turn only; `[]` for none, `None` for those of the run or the simulator.

        Raises:
            RuntimeError: the voice's provider failed.
            TypeError: an effect is no function of bytes to bytes.
            ValueError: an effect returned half a sample.
        """
        from scenario.voice._speech.tts import synthesize

        turn, self._turn = self._turn, self._turn + 1
        chunk = await synthesize(text, simulator.voice, style=style)
        chosen = effects if effects is not None else self._effects
        chosen = simulator.audio_effects if chosen is None else chosen
        if not chosen:
            return AudioChunk(chunk.data, transcript=text)
        from scenario.voice._effects.applying import apply_effects

        data = await asyncio.to_thread(apply_effects, chunk.data, list(chosen), seed=self._seed, turn=turn)
        return AudioChunk(data, transcript=text)
