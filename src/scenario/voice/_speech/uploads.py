"""Audio as files that a provider accepts: none longer or larger than its limits, none cut within a word."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import Literal, NamedTuple

from scenario._off_loop import off_loop
from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, BYTES_PER_SECOND, SAMPLE_RATE
from scenario.voice._audio.wav import wav_header, write_wav

MAX_SECONDS = 25 * 60.0
MAX_BYTES = 25 * 1024 * 1024
_SEARCHED = 10 * BYTES_PER_SECOND  # before a limit, for a quiet place to cut at
_QUIET = SAMPLE_RATE * 20 // 1000
_AROUND = 31  # frames of a pause that are compared
_IN_A_THREAD = 30 * BYTES_PER_SECOND  # audio from here on is worked on off the event loop


class Upload(NamedTuple):
    """A file to be sent."""

    name: str
    data: bytes
    media_type: str


async def uploads_of(audio: bytes, max_seconds: float = MAX_SECONDS) -> list[Upload]:
    """Return canonical audio as files in order; nothing where nobody speaks.

    Args:
        audio: canonical PCM.
        max_seconds: the longest that one file may be; its size is limited to 25 MiB in any case.
    """
    if len(audio) < _IN_A_THREAD:
        return _uploads(audio, max_seconds)
    return await off_loop(_uploads, audio, max_seconds)


def has_speech(audio: bytes) -> bool:
    """Return whether anybody speaks in canonical audio."""
    from scenario.voice._vad.detector import SpeechDetector

    detector = SpeechDetector()
    seconds = range(0, len(audio), BYTES_PER_SECOND)
    return any(detector.push(audio[at : at + BYTES_PER_SECOND]) for at in seconds)


def cut(audio: bytes, max_bytes: int) -> list[bytes]:
    """Return canonical audio in parts of at most `max_bytes`, cut in the quietest 20 ms of the last 10 s."""
    from scenario.voice._audio.arrays import from_pcm, np

    parts: list[bytes] = []
    start = 0
    while len(audio) - start > max_bytes:
        end = start + max_bytes - max_bytes % BYTES_PER_SAMPLE
        searched = from_pcm(audio[max(start, end - _SEARCHED) : end]).astype(np.float32)
        frames = searched[len(searched) % _QUIET :].reshape(-1, _QUIET)
        powers = np.einsum("ij,ij->i", frames, frames)
        # Of several that are equally quiet, such as digital silence, the one in the longest pause.
        equal = np.flatnonzero(powers == powers.min())
        quietest = int(equal[np.convolve(powers, np.ones(_AROUND), "same")[equal].argmin()])
        end -= round((len(frames) - quietest - 0.5) * _QUIET) * BYTES_PER_SAMPLE
        parts.append(audio[start:end])
        start = end
    return [*parts, audio[start:]]


def _uploads(audio: bytes, max_seconds: float) -> list[Upload]:
    longest = int(max_seconds * SAMPLE_RATE) * BYTES_PER_SAMPLE
    largest_wav = min(longest, MAX_BYTES - len(wav_header(0)))
    if len(audio) <= largest_wav or not find_spec("soundfile"):
        return [_wav(part) for part in cut(audio, largest_wav) if has_speech(part)]
    return [_compressed(part) for part in cut(audio, longest) if has_speech(part)]


def _wav(audio: bytes) -> Upload:
    return Upload("audio.wav", write_wav(audio), "audio/wav")


def _compressed(audio: bytes) -> Upload:
    flac = _encoded(audio, "flac")
    return flac if len(flac.data) <= MAX_BYTES else _encoded(audio, "ogg")


def _encoded(audio: bytes, format: Literal["flac", "ogg"]) -> Upload:
    from scenario.voice._audio.files import encode_file

    file = io.BytesIO()
    encode_file(audio, format, file)
    return Upload(f"audio.{format}", file.getvalue(), f"audio/{format}")
