"""Audio files of a recording: written block by block, and whole or not at all."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO, cast

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE
from scenario.voice._audio.files import check_file_format, encode_file
from scenario.voice._audio.wav import wav_header
from scenario.voice._recording.remembering_file import RememberingFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scenario.voice._audio.files import FileFormat
    from scenario.voice._recording.sound import Sound

_LARGEST_WAV = 2**32 - 1 - 36  # bytes of audio: with its header, a WAV file states its size in 32 bits


def format_for(path: Path, format: str | None) -> FileFormat:
    """Return the format of a file: as asked for, else by its suffix, else `wav`.

    Raises:
        ValueError: no such format is written.
    """
    asked = (path.suffix.removeprefix(".") or "wav" if format is None else format).lower()
    check_file_format(asked)
    return cast("FileFormat", asked)  # as just checked


def write_audio(path: Path, sound: Sound, format: FileFormat) -> None:
    """Write an audio file, which appears in one step; folders are created.

    Raises:
        ValueError: the audio does not fit into a WAV file.
        MissingVoiceDependencyError: the format needs the extra `audio-files`.
        OSError: it cannot be written; nothing is left behind then.
    """
    if format == "wav":
        _size(sound)
    encode_file(b"", format, io.BytesIO())  # if an extra is missing, no folder is made

    def encode(place: Path) -> None:
        with place.open("x+b") as file:
            target = RememberingFile(file)
            blocks = target.until_failure(sound.blocks())
            encode_file(blocks, format, cast("BinaryIO", target), channels=sound.channels)  # all that it uses
            target.check()

    write_atomically(path, encode)


def wav_bytes(sound: Sound) -> bytes:
    """Return a WAV file.

    Raises:
        ValueError: the audio does not fit into one.
    """
    file = io.BytesIO()
    file.write(wav_header(_size(sound), channels=sound.channels))
    for block in sound.blocks():
        file.write(block)
    return file.getvalue()


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside `path`, and move it there when it is complete.

    Args:
        path: where the file appears; its folder is created.
        write: writes the file whose path it is given.

    Raises:
        OSError: it cannot be written; nothing is left behind then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{os.getpid()}-{os.urandom(6).hex()}.tmp"
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _size(sound: Sound) -> int:
    size = sound.samples * sound.channels * BYTES_PER_SAMPLE
    if size > _LARGEST_WAV:
        raise ValueError(
            f"{sound.samples / SAMPLE_RATE:.0f} s of audio are {size} bytes, and a WAV file holds at most "
            f"{_LARGEST_WAV}; save it as flac, ogg or mp3"
        )
    return size
