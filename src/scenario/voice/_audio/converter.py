"""Conversion between canonical audio and what a transport carries, as it streams.

One encoder and one decoder per connection: both keep what a piece leaves unfinished (half a sample, the
filter's memory) for the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.formats import AudioFormat

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Samples


class Encoder:
    """Turns canonical audio into the bytes of a transport.

    Args:
        format: what the transport carries, as an `AudioFormat` or its name.

    Raises:
        ValueError: an unknown format.
        MissingVoiceDependencyError: the format needs numpy, and it is not installed.
    """

    def __init__(self, format: AudioFormat | str) -> None:
        self.format = AudioFormat.parse(format) if isinstance(format, str) else format
        self._stream = _Stream(AudioFormat("pcm16", SAMPLE_RATE), self.format)

    def push(self, pcm: bytes) -> bytes:
        """Return the wire bytes that `pcm`, canonical and of any length, makes possible."""
        return self._stream.push(pcm)

    def flush(self) -> bytes:
        """Return what was held back for the filter, and begin anew."""
        return self._stream.flush()


class Decoder:
    """Turns the bytes of a transport into canonical audio.

    Args:
        format: what the transport carries, as an `AudioFormat` or its name.

    Raises:
        ValueError: an unknown format.
        MissingVoiceDependencyError: the format needs numpy, and it is not installed.
    """

    def __init__(self, format: AudioFormat | str) -> None:
        self.format = AudioFormat.parse(format) if isinstance(format, str) else format
        self._stream = _Stream(self.format, AudioFormat("pcm16", SAMPLE_RATE))

    def push(self, data: bytes) -> bytes:
        """Return the canonical audio that `data`, cut at any byte, makes possible."""
        return self._stream.push(data)

    def flush(self) -> bytes:
        """Return what was held back for the filter, and begin anew."""
        return self._stream.flush()


class _Stream:
    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        self._source, self._target = source, target
        self._partial = b""
        if source == target:
            self._resampler = None
            return
        from scenario.voice._audio.resampler import StreamResampler

        self._resampler = StreamResampler(source.rate, target.rate)

    def push(self, data: bytes) -> bytes:
        data = self._partial + data
        whole = len(data) - len(data) % self._source.bytes_per_sample
        data, self._partial = data[:whole], data[whole:]
        if self._resampler is None:
            return data
        return _encoded(self._resampler.push(_decoded(data, self._source)), self._target)

    def flush(self) -> bytes:
        self._partial = b""
        return b"" if self._resampler is None else _encoded(self._resampler.flush(), self._target)


def _decoded(data: bytes, format: AudioFormat) -> Samples:
    if format.encoding == "mulaw":
        from scenario.voice._audio.g711 import mulaw_decode

        return mulaw_decode(data)
    from scenario.voice._audio.arrays import from_pcm

    return from_pcm(data)


def _encoded(samples: Samples, format: AudioFormat) -> bytes:
    if format.encoding == "mulaw":
        from scenario.voice._audio.g711 import mulaw_encode

        return mulaw_encode(samples)
    from scenario.voice._audio.arrays import to_pcm

    return to_pcm(samples)
