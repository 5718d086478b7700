"""The names that the service has for audio formats."""

from __future__ import annotations

from scenario.voice._audio.formats import AudioFormat

NAMES = {
    **{f"pcm_{rate}": AudioFormat("pcm16", rate) for rate in (8000, 16000, 22050, 24000, 44100, 48000)},
    "ulaw_8000": AudioFormat("mulaw", 8000),
}

FRAME_SECONDS = 0.02
"""A length that is a whole number of samples in all of them."""


def frame_bytes(format: AudioFormat) -> int:
    """Return the size of such a frame."""
    return round(format.rate * FRAME_SECONDS) * format.bytes_per_sample


def silent_frame(format: AudioFormat) -> bytes:
    """Return a frame of silence, which is not zero in mu-law."""
    return (b"\xff" if format.encoding == "mulaw" else b"\0") * frame_bytes(format)
