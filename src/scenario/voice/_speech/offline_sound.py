"""How the offline voice sounds, and how it is heard: letters of three tones, 60 ms each.

All tones lie between 375 and 3150 Hz, so that they pass through a telephone; under them lies one at the pitch
of the voice. They are multiples of 75 Hz: a Hann window of 40 ms separates those exactly, wherever in a
letter it stands. The listener moves such a window over the audio in steps of 5 ms, and believes what it sees
only where three tones make up nearly all of the sound, which they do not between two letters or elsewhere.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice._audio.arrays import from_pcm, np, to_pcm
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._speech.offline_code import HALVES, MARKS, Letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from scenario.voice._audio.arrays import Floats, Int16s

_LETTER = SAMPLE_RATE * 60 // 1000
_PAUSE = SAMPLE_RATE * 120 // 1000
_RAMP = SAMPLE_RATE * 4 // 1000
_TONE_LEVEL = 2670.0  # three tones of this amplitude are -20 dBFS
_PITCH_LEVEL = 1300.0

_TONES = MARKS + 2 * HALVES
_FREQUENCIES = 375 + 75 * np.arange(_TONES)

_EVERY = 3  # samples that are added up to one: a third of the rate is enough to hear with
_RATE = SAMPLE_RATE // _EVERY
_WINDOW = _RATE * 40 // 1000
_STEP = _RATE * 5 // 1000
_BLOCK = 2000  # windows that are looked at at once
_QUIET = 32767 * 10 ** (-60 / 20)  # RMS under which nothing is heard
_SHARE = 0.13  # of the sound's power that each of the three tones must have; a third is all
_STEADY = 2  # steps that a letter must be heard


def speak(words: Sequence[Sequence[Letter]], voice: str) -> bytes:
    """Return canonical audio of `words`, in the pitch of `voice`."""
    pieces: list[Floats] = []
    for word in words:
        if pieces:
            pieces.append(np.zeros(_PAUSE, np.float32))
        pieces.append(_word_sound(word, _pitch_of(voice)))
    sound = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return to_pcm(sound)


def hear(audio: bytes) -> Iterator[tuple[Letter, float]]:
    """Yield the letters in canonical audio, each with the seconds since the one before it was last heard."""
    steps, symbols = _clear_steps(from_pcm(audio))
    if not len(steps):
        return
    starts = np.flatnonzero(np.diff(symbols, prepend=-1) | (np.diff(steps, prepend=steps[0]) > _STEADY))
    ends = np.append(starts[1:], len(symbols)) - 1
    seconds = _STEP / _RATE
    heard = -1.0
    for start, end in zip(starts, ends, strict=True):
        if end - start + 1 < _STEADY:
            continue
        mark, halves = divmod(int(symbols[start]), HALVES * HALVES)
        yield Letter(mark, *divmod(halves, HALVES)), steps[start] * seconds - heard
        heard = steps[end] * seconds


def _word_sound(word: Sequence[Letter], pitch: int) -> Floats:
    tones = _tones()
    marks, highs, lows = np.array(word).T
    letters = tones[marks] + tones[MARKS + highs] + tones[MARKS + HALVES + lows]
    hum = np.resize(_hum(pitch), letters.size)
    hum[:_RAMP] *= _ramp()
    hum[-_RAMP:] *= _ramp()[::-1]
    return letters.ravel() + hum


def _pitch_of(voice: str) -> int:
    """Return the fundamental frequency of a voice, between 90 and 250 Hz."""
    return 90 + zlib.crc32(voice.encode("utf-8", "replace")) % 161


@cache
def _hum(pitch: int) -> Floats:
    """Return one second at the pitch, which is a whole number of periods."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return (_PITCH_LEVEL * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def _ramp() -> Floats:
    return np.sin(np.linspace(0, np.pi / 2, _RAMP, dtype=np.float32)) ** 2


@cache
def _tones() -> Floats:
    """Return one letter's length of every tone, with soft ends."""
    time = np.arange(_LETTER) / SAMPLE_RATE
    phases = np.pi * np.arange(_TONES) ** 2 / _TONES  # spread, so that three tones seldom peak together
    tones = _TONE_LEVEL * np.sin(2 * np.pi * np.outer(_FREQUENCIES, time) + phases[:, None])
    tones[:, :_RAMP] *= _ramp()
    tones[:, -_RAMP:] *= _ramp()[::-1]
    return tones.astype(np.float32)


class _Ear(NamedTuple):
    """What turns a window of samples into tones."""

    weights: Floats
    """Samples to real and imaginary parts, scaled so that a lone tone's power is the window's energy."""
    window: Floats


@cache
def _ear() -> _Ear:
    time = np.arange(_WINDOW)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * time / _WINDOW)).astype(np.float32)
    turns = np.exp(-2j * np.pi * np.outer(time, _FREQUENCIES) / _RATE) * window[:, None]
    turns *= np.sqrt(2 * (window**2).sum()) / window.sum()
    return _Ear(np.concatenate([turns.real, turns.imag], axis=1).astype(np.float32), window**2)


def _clear_steps(samples: Int16s) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the steps at which a letter is heard, and which: its three numbers as one."""
    parts = samples[: len(samples) // _EVERY * _EVERY].reshape(-1, _EVERY)
    whole: Floats = np.zeros(len(parts), np.float32)
    for column in range(_EVERY):
        whole += parts[:, column]
    whole /= _EVERY
    # Half a window of silence around it, so that a letter is also heard at the very edge.
    padded = np.pad(whole, _WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP]
    found = [_look(windows[at : at + _BLOCK]) for at in range(0, len(windows), _BLOCK)]
    numbers = np.concatenate(found) if found else np.zeros(0, np.int64)
    steps = np.flatnonzero(numbers >= 0)
    return steps, numbers[steps]


def _look(windows: Floats) -> NDArray[np.int64]:
    """Return the letter in each window, or -1."""
    ear = _ear()
    windows = np.ascontiguousarray(windows)  # they overlap in memory, and would be multiplied slowly
    parts = windows @ ear.weights
    powers = parts[:, :_TONES] ** 2 + parts[:, _TONES:] ** 2
    energy = (windows * windows) @ ear.window
    number = np.zeros(len(windows), np.int64)
    least = np.full(len(windows), np.inf, np.float32)
    for start, stop in ((0, MARKS), (MARKS, MARKS + HALVES), (MARKS + HALVES, _TONES)):
        group = powers[:, start:stop]
        best = group.argmax(axis=1)
        least = np.minimum(least, group[np.arange(len(group)), best])
        number = number * (stop - start) + best
    loud = energy > _QUIET**2 * ear.window.sum()
    return np.where(loud & (least >= _SHARE * energy), number, -1)
