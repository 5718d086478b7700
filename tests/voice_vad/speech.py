"""Real speech, and where in it somebody speaks according to its level before anything was added."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scenario.voice._audio.wav import read_wav
from scenario.voice._effects.noises import noise

RATE = 24_000
SENTENCES = [
    "Hello, I would like to cancel my order please.",
    "My account number is four five seven nine two.",
    "Can you tell me when the next train leaves?",
    "I never received the package you promised.",
    "Yes, that is correct, thank you very much.",
    "What are your opening hours on Sunday?",
    "Please transfer me to a human being.",
    "I have been waiting for twenty minutes already.",
    "The screen stays black after the update.",
    "How much does the premium plan cost?",
    "Stop talking and listen to me.",
    "Could you repeat the confirmation code?",
    "I moved to a different address last month.",
    "There is a mistake on my invoice.",
    "Is it possible to pay in three installments?",
    "Okay.",
    "No, I meant the other one.",
    "Someone charged my credit card twice.",
    "Let us schedule the appointment for Friday afternoon.",
    "That sounds good to me, goodbye.",
]
VOICES = ["rms", "slt", "awb"]


class Utterance(NamedTuple):
    """Speech of -20 dBFS, and its first and last moment in seconds."""

    samples: np.ndarray
    start: float
    end: float


@cache
def spoken(text: str, voice: str = "rms") -> Utterance:
    """Return `text` as Flite speaks it, at -20 dBFS."""
    program = shutil.which("flite")
    assert program, "these tests need real speech: install the Debian or Homebrew package flite"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "speech.wav")
        subprocess.run([program, "-voice", voice, "-t", text, "-o", file], check=True, timeout=60)
        samples = np.frombuffer(read_wav(file.read_bytes()), "<i2").astype(float)
    start, end = labelled(samples)
    loudness = np.sqrt(np.mean(samples[int(start * RATE) : int(end * RATE)] ** 2))
    return Utterance(samples / loudness * 3276.8, start, end)


def labelled(samples: np.ndarray) -> tuple[float, float]:
    """Return where speech is: from the first to the last 10 ms within 30 dB of the loudest ones."""
    powers = np.mean(samples[: len(samples) // 240 * 240].reshape(-1, 240) ** 2, axis=1)
    there = np.flatnonzero(powers > powers.max() * 10**-3)
    return there[0] * 0.01, (there[-1] + 1) * 0.01


def all_utterances() -> list[Utterance]:
    return [spoken(text, voice) for voice in VOICES for text in SENTENCES]


def between(before: float, samples: np.ndarray, after: float) -> np.ndarray:
    """Return samples with so many seconds of silence around them."""
    return np.concatenate([np.zeros(int(before * RATE)), samples, np.zeros(int(after * RATE))])


def in_noise(samples: np.ndarray, place: str, snr_db: float, offset: int) -> np.ndarray:
    """Return samples with noise so many dB below -20 dBFS."""
    behind = np.resize(np.roll(noise(place), -offset), len(samples))
    return samples + behind / np.sqrt(np.mean(behind**2)) * 3276.8 * 10 ** (-snr_db / 20)


def pcm(samples: np.ndarray) -> bytes:
    return np.rint(samples).clip(-32768, 32767).astype("<i2").tobytes()
