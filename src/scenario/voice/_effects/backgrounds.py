"""What is heard behind the voice."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import FULL_SCALE, from_pcm, np, to_pcm
from scenario.voice._audio.levels import rms
from scenario.voice._effects.noises import PLACES, noise
from scenario.voice._effects.seeding import effect_rng
from scenario.voice._vad.detector import SpeechDetector

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats

_VOICES_VOLUME = 0.3


def background_noise(
    samples: Floats, *, preset_or_path: str, volume: float, snr_db: float | None, seed: int | None
) -> Floats:
    """Add a place's noise or that of a file."""
    loop = noise(preset_or_path) if preset_or_path in PLACES else _file(preset_or_path)
    return _add(samples, loop, volume, snr_db, seed)


def multiple_voices(
    samples: Floats, *, background_audio: str | None, snr_db: float | None, seed: int | None
) -> Floats:
    """Add people who talk."""
    loop = noise("voices") if background_audio is None else _file(background_audio)
    return _add(samples, loop, _VOICES_VOLUME, snr_db, seed)


def _add(samples: Floats, loop: Floats, volume: float, snr_db: float | None, seed: int | None) -> Floats:
    """Add a loop from a random place on, at a volume, or so that speech is `snr_db` above it."""
    start = int(effect_rng(seed).integers(len(loop)))
    behind = np.resize(np.roll(loop, -start), len(samples))
    if snr_db is not None and (speech := _speech_level(samples)) and (level := rms(behind)):
        volume = speech / level * 10 ** (-snr_db / 20)
    return samples + (volume * behind).astype(np.float32)


def _speech_level(samples: Floats) -> float:
    """Return the level of what is voiced; of everything if nothing is."""
    detector = SpeechDetector()
    detector.push(to_pcm(samples))
    voiced = [samples[start:end] for start, end in detector.intervals()] or [samples]
    energy = sum(float(np.dot(part, part)) for part in voiced)
    return sqrt(energy / sum(map(len, voiced))) / FULL_SCALE


@lru_cache(8)
def _file(path: str) -> Floats:
    """Return a WAV file's audio.

    Raises:
        ValueError: it cannot be read, or is empty.
    """
    from scenario.voice._audio.wav import read_wav

    loop = from_pcm(read_wav(Path(path).read_bytes())).astype(np.float32)
    if not loop.size:
        raise ValueError(f"the background audio {path!r} is empty")
    loop.flags.writeable = False
    return loop
