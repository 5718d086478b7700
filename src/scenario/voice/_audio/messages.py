"""Audio in chat messages, as OpenAI's `input_audio` content parts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._audio.files import decode_file
from scenario.voice._audio.wav import is_wav, read_wav, write_wav

_KINDS = ("input_audio", "audio")


def create_audio_message(chunk: AudioChunk, role: str = "user") -> dict[str, Any]:
    """Return a chat message that carries `chunk`: its transcript, if there is one, and a WAV file in base64.

    Args:
        chunk: the audio.
        role: of the message; any.
    """
    content: list[dict[str, Any]] = []
    if chunk.transcript:
        content.append({"type": "text", "text": chunk.transcript})
    data = base64.b64encode(write_wav(chunk.data)).decode("ascii")
    content.append({"type": "input_audio", "input_audio": {"data": data, "format": "wav"}})
    return {"role": role, "content": content}


def extract_audio(message: Mapping[str, Any], *, index: int | None = None) -> AudioChunk | None:
    """Return the first audio of a chat message with all of the message's text as transcript, or `None`.

    Args:
        message: a chat message; parts of type `input_audio` and `audio` count as audio.
        index: its position in the conversation, for error texts.

    Raises:
        ValueError: the audio cannot be decoded; the text names the message's index and the part's.
        MissingVoiceDependencyError: decoding needs an extra that is not installed.
    """
    parts = _parts(message)
    for position, part in enumerate(parts):
        if (payload := _payload(part)) is None:
            continue
        try:
            data = _decode(payload)
        except ValueError as error:
            place = f"part {position}" if index is None else f"message {index}, part {position}"
            raise ValueError(f"{place}: {error}") from error
        return AudioChunk(data, _text(parts) or None)
    return None


def message_has_audio(message: Mapping[str, Any]) -> bool:
    """Return whether a chat message has an audio part with data; nothing is decoded."""
    return any(_payload(part) is not None for part in _parts(message))


def _parts(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = message.get("content")
    if not isinstance(content, list):
        return []
    # Something else in the place of a part keeps its position, so that errors count as the author does.
    return [
        cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {}
        for part in cast("list[object]", content)
    ]


def _payload(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what an audio part carries, or `None` for other parts and those without data."""
    if part.get("type") not in _KINDS:
        return None
    found = [part[kind] for kind in _KINDS if isinstance(part.get(kind), Mapping)]
    return next((payload for payload in found if payload.get("data")), None)


def _text(parts: list[Mapping[str, Any]]) -> str:
    texts = [part.get("text") for part in parts if part.get("type") == "text"]
    return " ".join(text for text in texts if isinstance(text, str) and text)


def _decode(payload: Mapping[str, Any]) -> bytes:
    encoded, format = payload["data"], payload.get("format")
    if not isinstance(encoded, str):
        got = type(encoded).__name__
        raise ValueError(f"audio data must be base64 text, got {got}")  # noqa: TRY004  # as all bad content
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"the audio data is not valid base64: {error}") from error
    if is_wav(data) or format == "wav":
        return read_wav(data)
    if format in ("mp3", "ogg", "flac"):
        return decode_file(data)
    if format not in (None, "", "pcm16"):
        raise ValueError(
            f"unknown audio format {format!r}; known are wav, mp3, ogg, flac and pcm16 (24,000 Hz, mono)"
        )
    if len(data) % 2:
        raise ValueError(f"pcm16 has two bytes per sample, got an odd number of bytes: {len(data)}")
    return data
