"""Media in text, replaced by a note of its size."""

from __future__ import annotations

import re

# A data URL, or a bare run of base64. The look-behind keeps the search linear: a run is tried only where
# it begins.
_MEDIA = re.compile(
    r"""
    \bdata:(?P<mime>[\w.+-]+/[\w.+-]+)?(?P<parameters>(?:;[\w.+-]+(?:=[^;,\s"'\\]*)?)*),(?P<payload>[^\s"'<>)\\]*)
    | (?<![A-Za-z0-9+/])(?P<run>[A-Za-z0-9+/]{200,}={0,2})
    """,
    re.VERBOSE,
)
_HINT = re.compile(r"audio|image|video|file")
_HINT_REACH = 80
# How base64 begins when the bytes are WAV, MP3 with a tag, Ogg, FLAC, or a frame of MP3 or AAC (FF Fx).
_AUDIO_STARTS = ("UklGR", "SUQz", "T2dnUw", "ZkxhQ", "//")


def elide_media(text: str) -> str:
    """Return `text` with a note in place of each `data:` URL and base64 run of 200 or more characters.

    The note is `<audio:5120 b64 chars elided>`, or `<media:...>` for anything that is not audio. Text that is
    JSON stays JSON.
    """
    return _MEDIA.sub(_note, text)


def _note(match: re.Match[str]) -> str:
    if match["run"] is not None:
        kind = "audio" if _is_audio(match) else "media"
        return _elided(kind, match["run"])
    if match["mime"] is None and not match["parameters"]:
        return match[0]  # "data:," in prose
    return _elided("audio" if (match["mime"] or "").startswith("audio/") else "media", match["payload"])


def _is_audio(match: re.Match[str]) -> bool:
    start = match.start()
    hints = _HINT.findall(match.string, max(0, start - _HINT_REACH), start)
    return hints[-1] == "audio" if hints else match["run"].startswith(_AUDIO_STARTS)


def _elided(kind: str, payload: str) -> str:
    return f"<{kind}:{len(payload)} b64 chars elided>"
