"""TTS prefix `flite/`: CMU Flite, a program of this machine. It needs no key and no network."""

from __future__ import annotations

import re

from scenario.voice._audio.wav import read_wav
from scenario.voice._speech.programs import output_of
from scenario.voice._speech.sentences import split_text, utf8_size

_DEFAULT_VOICE = "rms"  # the one that PocketSphinx understands best
_LIMIT = 8000  # bytes of text for one run; it is an argument of the program
_HINT = "install the package 'flite' (Debian: apt-get install flite; Homebrew: brew install flite)"
_NAME = re.compile(r"\w[\w.-]*")


async def synthesize(text: str, voice: str) -> bytes:
    """Return `text` as canonical audio.

    Args:
        text: what to say; it should be English.
        voice: one that `flite -lv` lists; empty is `rms`.

    Raises:
        ValueError: there is no such voice.
        RuntimeError: the program is not installed, or failed.
    """
    voice = voice or _DEFAULT_VOICE
    await _check_voice(voice)
    audio: list[bytes] = []
    for part in split_text(text.replace("\0", " "), _LIMIT, utf8_size):
        wav = await output_of("flite", "-voice", voice, "-t", part, "-o", "/dev/stdout", hint=_HINT)
        audio.append(read_wav(wav))
    return b"".join(audio)


async def _check_voice(voice: str) -> None:
    """Refuse unknown voices: flite would speak with another one, or fetch what looks like an address."""
    listed = (
        (await output_of("flite", "-lv", hint=_HINT)).decode("utf-8", "replace").partition(":")[2].split()
    )
    if voice not in listed or not _NAME.fullmatch(voice):
        raise ValueError(f"flite has no voice {voice!r}; it has {', '.join(sorted(listed))}")
