"""Without the extras WAV files and messages work, and the rest names what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = """
import sys
for name in ("numpy", "soxr", "soundfile"):
    sys.modules[name] = None
from scenario.voice import AudioChunk, create_audio_message, extract_audio, message_has_audio
from scenario.voice._audio.converter import Decoder, Encoder
from scenario.voice._audio.files import encode_file, from_source
from scenario.voice._audio.wav import write_wav
from scenario.voice._audio import dtmf
from scenario.voice.testing import assertions
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + code], capture_output=True, text=True, timeout=60, check=False
    )


def test_canonical_audio_needs_no_extra():
    done = run(
        "chunk = AudioChunk(bytes(range(100)), 'hi')\n"
        "assert extract_audio(create_audio_message(chunk)) == chunk\n"
        "assert from_source(write_wav(chunk.data)).data == chunk.data\n"
        "assert Encoder('pcm16/24000').push(chunk.data) == chunk.data\n"
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("code", "package", "extra"),
    [
        ("Encoder('mulaw/8000')", "numpy", "voice"),
        ("from_source(write_wav(b'abcd', rate=8000))", "numpy", "voice"),
        ("dtmf.dtmf_audio('1')", "numpy", "voice"),
        ("from_source(b'ID3 is how an mp3 begins')", "soundfile", "audio-files"),
        ("encode_file(b'', 'ogg', 'x')", "soundfile", "audio-files"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(code: str, package: str, extra: str):
    done = run(code)

    assert "MissingVoiceDependencyError" in done.stderr
    assert f"{package!r}. Install it with: pip install 'agent-scenario[{extra}]'" in done.stderr
