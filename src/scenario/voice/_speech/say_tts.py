"""TTS prefix `say/`: the program `say` of macOS. It needs no key and no network."""

from __future__ import annotations

import tempfile
from pathlib import Path

from scenario.voice._audio.wav import read_wav
from scenario.voice._speech.programs import output_of

_HINT = "it is part of macOS; elsewhere use a voice of 'flite/'"


async def synthesize(text: str, voice: str) -> bytes:
    """Return `text` as canonical audio.

    Args:
        text: what to say.
        voice: one that `say -v '?'` lists; empty is the one chosen in the system's settings.

    Raises:
        RuntimeError: the program is not there, or failed.
    """
    # It writes files only, and takes what begins with a dash for an option unless it comes from a file.
    with tempfile.TemporaryDirectory(prefix="scenario-say-") as folder:
        spoken, said = Path(folder) / "speech.wav", Path(folder) / "text"
        said.write_text(text, encoding="utf-8")
        options = ["--file-format=WAVE", "--data-format=LEI16@24000", "-o", str(spoken), "-f", str(said)]
        await output_of("say", *(["-v", voice] if voice else []), *options, hint=_HINT)
        return read_wav(spoken.read_bytes())
