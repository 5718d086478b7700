"""Media in messages, shortened to a marker that says what was there.

Every size is the length of the encoded text, as it stood in the message.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from scenario._judge.shapes import is_array, is_mapping

_RUN_LENGTH = 1000  # longer base64 is a file, shorter may be an id or a signature

_DATA_URL = re.compile(
    r"data:(?P<mime>[\w.+-]{0,80}(?:/[\w.+-]{1,80})?)(?:;[^;,\s]{0,200}){0,5}?;base64,"
    r"(?P<data>[A-Za-z0-9+/=_-]*)",
    re.IGNORECASE,
)
_BASE64_RUN = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{_RUN_LENGTH - 1},}}={{0,2}}")
_BASE64 = re.compile(r"\A[A-Za-z0-9+/_-]+={0,2}\Z")


def truncate_media(value: Any) -> Any:
    """Return a JSON-ready copy of `value` in which encoded media is replaced by markers, at any depth."""
    if isinstance(value, str):
        return _shorten(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return _marker("FILE", "unknown", value)
    if isinstance(value, BaseModel):
        return truncate_media(value.model_dump())
    if is_mapping(value):
        part = _shorten_part({str(key): item for key, item in value.items()})
        return {key: truncate_media(item) for key, item in part.items()}
    if is_array(value):
        return [truncate_media(item) for item in value]
    return _shorten(str(value))


def _shorten(text: str) -> str:
    return _BASE64_RUN.sub(_run_marker, _DATA_URL.sub(_url_marker, text))


def _url_marker(found: re.Match[str]) -> str:
    mime = found["mime"]
    kind = mime.partition("/")[0].upper()
    return _marker(kind if kind in ("IMAGE", "AUDIO", "VIDEO") else "FILE", mime or "unknown", found["data"])


def _run_marker(found: re.Match[str]) -> str:
    run = found[0]
    # Encoded data of this length always has capitals or digits; a long word or rule has not, and is text.
    is_data = len(run) > _RUN_LENGTH and any(letter.isupper() or letter.isdigit() for letter in run)
    return _marker("FILE", "unknown", run) if is_data else run


def _shorten_part(part: dict[str, Any]) -> dict[str, Any]:
    """Apply the rules of the content parts that say themselves what they hold."""
    kind = part.get("type")
    if kind == "file" and "data" in part and isinstance(mime := part.get("mediaType"), str):
        main = mime.partition("/")[0].upper() if "/" in mime else "FILE"
        return part | {"data": _marker(main, mime, part["data"])}
    if kind in ("input_audio", "audio") and is_mapping(sound := part.get(kind)) and "data" in sound:
        short = _marker("AUDIO", sound.get("format") or "wav", sound["data"])
        return part | {kind: {**sound, "data": short}}
    if kind == "image" and isinstance(image := part.get("image"), str) and len(image) > _RUN_LENGTH:
        return part | {"image": _BASE64.sub(_marker("IMAGE", "unknown", image), image)}
    return part


def _marker(kind: str, what: object, data: object) -> str:
    size = len(data if isinstance(data, (str, bytes, bytearray)) else str(data))
    return f"[{kind}: {what}, ~{size} bytes]"
