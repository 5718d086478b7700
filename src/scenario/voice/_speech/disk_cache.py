"""The cache folder of synthesised speech, `SCENARIO_TTS_CACHE_DIR`: canonical audio, one file per key."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from scenario._off_loop import off_loop

_logger = logging.getLogger("scenario")


async def load(key: str) -> bytes | None:
    """Return the audio that is stored under `key`, if the folder is set and has it."""
    folder = _folder()
    return None if folder is None else await off_loop(_read, folder / key)


async def save(key: str, audio: bytes) -> None:
    """Store `audio` under `key` if the folder is set. A folder that cannot be used is a warning."""
    folder = _folder()
    if folder is not None:
        await off_loop(_write, folder, key, audio)


def _folder() -> Path | None:
    name = os.environ.get("SCENARIO_TTS_CACHE_DIR")
    return Path(name).expanduser() if name else None


def _read(path: Path) -> bytes | None:
    try:
        audio = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _logger.debug("cached speech %s cannot be read: %s", path.name, error)
        return None
    return audio if audio and len(audio) % 2 == 0 else None


def _write(folder: Path, key: str, audio: bytes) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{key}-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(audio)
            Path(temporary).replace(folder / key)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        _logger.warning(
            "speech is not cached: %s. Set SCENARIO_TTS_CACHE_DIR to a folder that you can write", error
        )
