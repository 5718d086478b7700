"""What hearing loads the first time, loaded before anyone speaks."""

from __future__ import annotations

import random

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.wav import write_wav
from scenario.voice._vad.detector import SpeechDetector


def warm_up() -> None:
    """Hear four seconds of noise, so that no turn of the run is measured longer by an import."""
    noise = random.Random(0).randbytes(4 * SAMPLE_RATE * 2)  # noqa: S311 - any noise will do
    SpeechDetector().push(noise)
    write_wav(noise[:SAMPLE_RATE])
