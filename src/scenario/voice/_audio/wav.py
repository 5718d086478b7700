"""WAV files: any that hold PCM or floats are read, canonical PCM is written.

Source: "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991), and
Microsoft's WAVEFORMATEXTENSIBLE.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.formats import check_rate

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Samples

_PCM, _FLOAT, _MULAW, _EXTENSIBLE = 1, 3, 7, 0xFFFE
_READ = {(_PCM, 1), (_PCM, 2), (_PCM, 3), (_PCM, 4), (_FLOAT, 4), (_FLOAT, 8), (_MULAW, 1)}
"""Encodings, and the bytes of their samples."""

# Writers that cannot seek leave the greatest size in the header, or one that is close to it.
_UNKNOWN_SIZE = 0x7FFFF000


def is_wav(data: bytes) -> bool:
    """Return whether `data` begins like a WAV file."""
    return data[:4] == b"RIFF"


def write_wav(pcm: bytes, rate: int = SAMPLE_RATE, channels: int = 1) -> bytes:
    """Return PCM16 little-endian samples, interleaved, as a WAV file."""
    return wav_header(len(pcm), rate, channels) + pcm


def wav_header(size: int, rate: int = SAMPLE_RATE, channels: int = 1) -> bytes:
    """Return what precedes `size` bytes of PCM16 in a WAV file."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + size, b"WAVE",
        b"fmt ", 16, _PCM, channels, rate, rate * channels * 2, channels * 2, 16,
        b"data", size,
    )  # fmt: skip


def read_wav(data: bytes) -> bytes:
    """Return the audio of a WAV file as canonical PCM.

    Integers of 8 to 32 bits, floats of 32 and 64 bits, µ-law, every rate and any number of channels are
    converted; channels are averaged. No size in the file is believed without the bytes to go with it.

    Raises:
        ValueError: it is not a WAV file, cut short, or of an encoding that is not read.
        MissingVoiceDependencyError: it has to be converted, and the extra `voice` is not installed.
    """
    shape, frames = _parse(data)
    if shape == _Shape(_PCM, 1, SAMPLE_RATE, 2):
        return bytes(frames)
    from scenario.voice._audio.arrays import FULL_SCALE, to_pcm
    from scenario.voice._audio.resampler import resample_whole

    samples = _samples(frames, shape)
    if shape.channels > 1:
        samples = samples.reshape(-1, shape.channels).mean(axis=1)
    return to_pcm(resample_whole(samples * FULL_SCALE, shape.rate, SAMPLE_RATE))


class _Shape(NamedTuple):
    encoding: int
    channels: int
    rate: int
    width: int
    """Bytes of one sample."""


def _parse(data: bytes) -> tuple[_Shape, memoryview]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("not a WAV file: it does not begin with RIFF and WAVE")
    view, shape, at = memoryview(data), None, 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = view[at + 8 : at + 8 + size]
        if name == b"fmt ":
            shape = _shape(body)
        if name == b"data":
            if shape is None:
                raise ValueError("the WAV file has no format before its data")
            if len(body) < size < _UNKNOWN_SIZE:
                raise ValueError(f"the WAV file is cut short: {len(body)} of {size} bytes of audio are there")
            frame = shape.width * shape.channels
            return shape, body[: len(body) - len(body) % frame]
        at += 8 + size + size % 2
    raise ValueError("the WAV file is cut short: it holds no audio data")


def _shape(body: memoryview) -> _Shape:
    if len(body) < 16:
        raise ValueError(f"the WAV file is cut short: its format has {len(body)} of 16 bytes")
    encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if encoding == _EXTENSIBLE and len(body) >= 26:
        (encoding,) = struct.unpack_from("<H", body, 24)
    width = (bits + 7) // 8
    if (encoding, width) not in _READ:
        raise ValueError(
            f"the WAV file holds encoding {encoding} with {bits} bits; read are PCM of 8 to 32 bits, "
            "floats of 32 or 64, and µ-law"
        )
    if channels == 0:
        raise ValueError("the WAV file has no channels")
    check_rate(rate)
    return _Shape(encoding, channels, rate, width)


def _samples(frames: memoryview, shape: _Shape) -> Samples:
    """Return the samples as floats from -1 to 1, channels interleaved."""
    from scenario.voice._audio.arrays import FULL_SCALE, np

    if shape.encoding == _FLOAT:
        values = np.frombuffer(frames, dtype=f"<f{shape.width}")
        return np.nan_to_num(np.clip(values, -1, 1)).astype(np.float32)
    if shape.encoding == _MULAW:
        from scenario.voice._audio.g711 import mulaw_decode

        return mulaw_decode(bytes(frames)).astype(np.float32) / FULL_SCALE
    if shape.width == 1:
        return (np.frombuffer(frames, dtype=np.uint8).astype(np.float32) - 128) / 128
    if shape.width == 3:
        wide = np.zeros((len(frames) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(frames, dtype=np.uint8).reshape(-1, 3)
        values = wide.view("<i4").ravel()
    else:
        values = np.frombuffer(frames, dtype=f"<i{shape.width}")
    return values.astype(np.float32) / float(1 << (31 if shape.width > 2 else 15))
