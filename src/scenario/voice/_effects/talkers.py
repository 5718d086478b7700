"""Voices that say nothing: syllables of glottal pulses through vowel formants.

A source and filter model (G. Fant, Acoustic Theory of Speech Production, 1960); formants of English vowels
after G. Peterson and H. Barney, "Control methods used in a study of the vowels", JASA 24, 1952.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np
from scenario.voice._audio.chunk import SAMPLE_RATE

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Floats

_VOWELS = [
    (270, 2290, 3010),
    (390, 1990, 2550),
    (530, 1840, 2480),
    (660, 1720, 2410),
    (730, 1090, 2440),
    (570, 840, 2410),
    (440, 1020, 2240),
    (300, 870, 2240),
    (640, 1190, 2390),
]
_BANDWIDTHS = (80, 110, 160)  # Hz
_BLOCK = 8192
_FREQUENCIES = np.fft.rfftfreq(_BLOCK, 1 / SAMPLE_RATE)
_DIFFERENT = 6
_HIGHEST_VOWEL = 4500  # Hz
_LIPS = 100  # Hz


def babble(talkers: int, length: int, rng: np.random.Generator) -> Floats:
    """Return `talkers` voices at once, as a loop of `length` samples without a seam.

    Beyond six, the same six talk again at another time: in a crowd nobody hears that.
    """
    voices = [_talker(length, rng) for _ in range(min(talkers, _DIFFERENT))]
    mix = np.zeros(length, np.float32)
    for number in range(talkers):
        later = int(rng.integers(length)) if number >= _DIFFERENT else 0
        mix += np.roll(voices[number % _DIFFERENT], later)
    return mix


def _talker(length: int, rng: np.random.Generator) -> Floats:
    """Return one voice: phrases of syllables, with pauses between."""
    pitch = rng.choice([rng.uniform(90, 140), rng.uniform(170, 240)])
    size = rng.uniform(0.95, 1.05) if pitch < 150 else rng.uniform(1.1, 1.2)  # shorter vocal tract
    loudness = 10 ** (rng.uniform(-4, 4) / 20)
    track = np.zeros(length, np.float32)
    position = int(rng.integers(length))
    end = position + length
    while position < end:
        syllables = int(rng.integers(4, 12))
        for number in range(syllables):
            duration = rng.uniform(0.12, 0.26)
            falling = 1.1 - 0.25 * number / syllables  # phrases end lower than they begin
            voice = _syllable(pitch * falling * rng.uniform(0.95, 1.05), duration, size, rng)
            places = (position + np.arange(len(voice))) % length
            track[places] += np.float32(loudness) * voice
            position += _samples(duration)
        position += _samples(rng.uniform(0.15, 0.6))
    return track


def _syllable(pitch: float, duration: float, size: float, rng: np.random.Generator) -> Floats:
    """Return a consonant's noise and a vowel."""
    length = _samples(duration)
    cycles = np.cumsum(pitch * np.linspace(1.05, 0.95, length) / SAMPLE_RATE)
    pulses = np.diff(np.floor(cycles), prepend=0.0)
    envelope = np.sin(np.pi * np.linspace(0, 1, length)) ** 0.7
    vowel = np.fft.rfft(pulses * envelope, _BLOCK) * _formants(_VOWELS[rng.integers(len(_VOWELS))], size)
    breath = rng.normal(size=length) * np.exp(-np.arange(length) / _samples(0.03))
    middle = rng.uniform(2500, 6000)
    hiss = np.fft.rfft(breath, _BLOCK) * np.exp(-(((_FREQUENCIES - middle) / 1200) ** 2))
    return np.fft.irfft(vowel + rng.uniform(0.05, 0.3) * hiss, _BLOCK)[: length + _samples(0.02)].astype(
        np.float32
    )


def _formants(formants: tuple[int, int, int], size: float) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    """Return the frequency response of a vocal tract: resonators in a row, falling with the frequency.

    Lips radiate nothing at 0 Hz.
    """
    s = 1j * _FREQUENCIES
    response = np.exp(-_FREQUENCIES / _HIGHEST_VOWEL * 2) * s / (s + _LIPS)
    for formant, bandwidth in zip(formants, _BANDWIDTHS, strict=True):
        pole = -bandwidth / 2 + 1j * formant * size
        response *= abs(pole) ** 2 / ((s - pole) * (s - pole.conjugate()))
    return response


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
