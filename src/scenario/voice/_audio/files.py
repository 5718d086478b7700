"""Audio files: WAV by our own reader, mp3, ogg and flac by libsndfile (extra `audio-files`)."""

from __future__ import annotations

import io
import re
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias, get_args

from scenario.voice._audio.chunk import SAMPLE_RATE, AudioChunk
from scenario.voice._audio.formats import check_rate
from scenario.voice._audio.wav import is_wav, read_wav
from scenario.voice.errors import MissingVoiceDependencyError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

FileFormat = Literal["wav", "mp3", "ogg", "flac"]

Bytes: TypeAlias = bytes | bytearray | memoryview

_URL = re.compile(r"[A-Za-z][\w+.-]*://")
# Decoded at once; small, because a header may claim a thousand channels.
_FRAMES = 1 << 14


def from_source(source: str | os.PathLike[str] | Bytes, transcript: str | None = None) -> AudioChunk:
    """Return the audio of a file or of a file's bytes. Nothing is fetched from a network.

    Args:
        source: path of an audio file, or its bytes: WAV, or with the extra `audio-files` mp3, ogg or flac.
        transcript: what is said in it.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the path is a URL, or the data is not audio that can be decoded.
        MissingVoiceDependencyError: an extra is needed and not installed.
    """
    if isinstance(source, Bytes):
        return AudioChunk(decode_file(bytes(source)), transcript)
    if isinstance(source, str) and _URL.match(source):
        raise ValueError(
            f"audio is read from a file or from bytes, not from a URL; fetch it first: {source!r}"
        )
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"there is no audio file {str(path)!r}")
    try:
        return AudioChunk(decode_file(path.read_bytes()), transcript)
    except ValueError as error:
        raise ValueError(f"{str(path)!r} cannot be used: {error}") from error


def decode_file(data: bytes) -> bytes:
    """Return the audio of a file's bytes as canonical PCM; its kind is told by how it begins.

    Raises:
        ValueError: it is not audio that can be decoded.
        MissingVoiceDependencyError: an extra is needed and not installed.
    """
    if is_wav(data):
        return read_wav(data)
    if not data:
        raise ValueError("the audio file is empty")
    soundfile = _soundfile("reading mp3, ogg and flac")
    try:
        with _one_pass(soundfile)(io.BytesIO(data)) as file:
            return _decode(file)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"the data is not WAV, mp3, ogg or flac that can be decoded: {error}") from error


def _one_pass(soundfile: Any) -> Any:
    """Return a reader that never seeks; the library seeks after each block, which breaks mp3 there."""

    class OnePass(soundfile.SoundFile):
        def seekable(self) -> bool:
            return False

    return OnePass


def _decode(file: Any) -> bytes:
    from scenario.voice._audio.arrays import FULL_SCALE, np, to_pcm
    from scenario.voice._audio.resampler import resample_whole

    check_rate(file.samplerate)
    mono: list[Any] = []
    # Until nothing comes: the number of frames in the header may be wrong.
    while len(block := file.read(_FRAMES, dtype="float32", always_2d=True)):
        mono.append(block.mean(axis=1))
    if not mono:
        return b""
    return to_pcm(resample_whole(np.concatenate(mono) * FULL_SCALE, file.samplerate, SAMPLE_RATE))


def encode_file(
    samples: bytes | Iterable[bytes],
    format: FileFormat,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    rate: int = SAMPLE_RATE,
    channels: int = 1,
) -> None:
    """Write PCM as an audio file, a second at a time.

    Args:
        samples: PCM16 little-endian, interleaved; as a whole, or piece by piece (whole frames each).
        format: `"wav"`, `"mp3"`, `"ogg"` (Vorbis) or `"flac"`.
        target: a path, or a binary file that can seek.
        rate: samples per second of each channel.
        channels: number of channels.

    Raises:
        ValueError: an unknown format.
        MissingVoiceDependencyError: the format needs the extra `audio-files`, which is not installed.
    """
    check_file_format(format)
    seconds = _seconds([samples] if isinstance(samples, bytes) else samples, rate * channels * 2)
    place: Any = target if hasattr(target, "write") else str(target)
    if format == "wav":
        with wave.Wave_write(place) as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(rate)
            for second in seconds:
                file.writeframesraw(second)
        return
    soundfile = _soundfile(f"writing {format}")
    from scenario.voice._audio.arrays import from_pcm, np

    with soundfile.SoundFile(place, "w", rate, channels, format=format.upper()) as file:
        for second in seconds:
            # A second at a time, because libsndfile crashes when it gets minutes of Vorbis at once; and
            # widened, because it makes noise of 16-bit stereo in mp3.
            file.write(from_pcm(second).reshape(-1, channels).astype(np.int32) << 16)


def check_file_format(format: str) -> None:
    """Raise a `ValueError` for a file format that is not written."""
    if format not in get_args(FileFormat):
        raise ValueError(f"audio is written as {', '.join(get_args(FileFormat))}, not as {format!r}")


def _seconds(pieces: Iterable[bytes], second: int) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), second):
            yield piece[at : at + second]


def _soundfile(feature: str) -> Any:
    try:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]  # it has none
    except ImportError as error:
        raise MissingVoiceDependencyError(
            feature=feature, package="soundfile", extra="audio-files"
        ) from error
    return soundfile
