"""The audio of a conversation that is handed to the judge's model."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.shapes import is_array, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scenario.types import Message

_KINDS = ("input_audio", "audio")
_MOST_SECONDS = 15 * 60
_MOST_BYTES = 20_000_000  # as sent, encoded
_TOKENS_PER_SECOND = 32
_LOWEST_RATE = 4_000  # bytes per second of formats that do not tell; compressed speech has at least that
_PCM_RATE = 48_000
_HEADER = 64  # characters of base64 that hold the byte rate of a WAV file


class Recording(NamedTuple):
    """One piece of audio: the number of its message, and the content part to send."""

    number: int
    part: dict[str, Any]


def has_audio(messages: Sequence[Message]) -> bool:
    """Return whether a message holds a content part of audio."""
    return any(part.get("type") in _KINDS for message in messages for part in _parts(message))


def newest_recordings(messages: Sequence[Message], *, tokens: int) -> list[Recording]:
    """Return the latest recordings of a conversation, in order: at most 15 minutes and 20 MB.

    Args:
        messages: the conversation.
        tokens: what the recordings may take of the model's context.
    """
    seconds, room = min(_MOST_SECONDS, tokens / _TOKENS_PER_SECOND), _MOST_BYTES
    chosen: list[Recording] = []
    for number, message in reversed(list(enumerate(messages, 1))):
        for sound in reversed(list(_sounds(message))):
            seconds -= _duration(sound)
            room -= len(sound["data"])
            if seconds < 0 or room < 0:
                return chosen[::-1]
            chosen.append(Recording(number, {"type": "input_audio", "input_audio": sound}))
    return chosen[::-1]


def _sounds(message: Message) -> Iterator[dict[str, str]]:
    for part in _parts(message):
        kind = part.get("type")
        sound = part.get(kind) if kind in _KINDS else None
        if is_mapping(sound) and isinstance(data := sound.get("data"), str) and data:
            given = sound.get("format")
            yield {"data": data, "format": given if isinstance(given, str) and given else "wav"}


def _parts(message: Message) -> Iterator[Mapping[Any, Any]]:
    content = message.get("content")
    yield from (part for part in content if is_mapping(part)) if is_array(content) else ()


def _duration(sound: Mapping[str, str]) -> float:
    """Return the seconds of a recording; formats that do not tell are taken for compressed ones."""
    rate = _PCM_RATE if sound["format"].startswith("pcm") else _LOWEST_RATE
    try:
        header = base64.b64decode(sound["data"][:_HEADER])
    except (binascii.Error, ValueError):
        header = b""
    if header[:4] == b"RIFF" and header[12:16] == b"fmt ":
        rate = int.from_bytes(header[28:32], "little") or _PCM_RATE
    return len(sound["data"]) * 3 / 4 / rate
