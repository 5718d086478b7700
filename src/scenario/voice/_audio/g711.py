"""G.711 µ-law, the code of the telephone network.

Source: ITU-T Recommendation G.711 (11/88), table 2. Its 14-bit values are carried here as 16-bit samples,
four times as large. A code word is the bitwise complement of sign, segment (3 bits) and interval (4 bits).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.arrays import np, saturate

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Int16s, Samples

# With it added, the segments begin at powers of two: segment s at 128 << s.
_BIAS = 132
_LOUDEST = 32635


def mulaw_decode(data: bytes) -> Int16s:
    """Return the samples of µ-law code words, one per byte."""
    return _DECODED[np.frombuffer(data, dtype=np.uint8)]


def mulaw_encode(samples: Samples) -> bytes:
    """Return the µ-law code words of samples on the 16-bit scale, one byte each."""
    return _ENCODED[saturate(samples).view(np.uint16)].tobytes()


def _decoding_table() -> Int16s:
    word = ~np.arange(256, dtype=np.uint8)
    segment, interval = (word >> 4) & 7, word & 15
    magnitude = ((interval.astype(np.int32) * 8 + _BIAS) << segment) - _BIAS
    return np.where(word & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> Samples:
    """Return the code word of each 16-bit sample, indexed by the sample as an unsigned number."""
    sample = np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _LOUDEST) + _BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    interval = (magnitude >> (segment + 3)) & 15
    return (~(np.where(sample < 0, 0x80, 0) | segment << 4 | interval)).astype(np.uint8)


_DECODED = _decoding_table()
_ENCODED = _encoding_table()
