"""µ-law agrees with the standard and with an implementation that is not ours."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._audio.g711 import mulaw_decode, mulaw_encode

WORDS = bytes(range(256))
SAMPLES = np.arange(-32768, 32768).astype(np.int16)


def level_of(word: int) -> int:
    """Return the 16-bit sample of a code word, counted up interval by interval as in table 2 of G.711."""
    magnitude, step, count = 0, 2, 0x7F - (word & 0x7F)
    for number in range(1, count + 1):
        # Where a segment begins, the interval is half of the old and half of the new width.
        new = 2 << (number // 16)
        magnitude += (step + new) // 2 if number % 16 == 0 else step
        step = new
    return 4 * (magnitude if word & 0x80 else -magnitude)


def test_every_code_word_has_the_level_of_the_standard():
    assert mulaw_decode(WORDS).tolist() == [level_of(word) for word in WORDS]


def test_every_code_word_but_negative_zero_encodes_to_itself():
    again = mulaw_encode(mulaw_decode(WORDS))

    assert {(word, back) for word, back in zip(WORDS, again, strict=True) if word != back} == {(0x7F, 0xFF)}


def test_decoding_agrees_with_libsndfile():
    theirs, _ = soundfile.read(
        io.BytesIO(WORDS), dtype="int16", samplerate=8000, channels=1, format="RAW", subtype="ULAW"
    )

    assert mulaw_decode(WORDS).tolist() == theirs.tolist()


def test_encoding_every_sample_agrees_with_libsndfile():
    theirs = io.BytesIO()
    soundfile.write(theirs, SAMPLES, 8000, "ULAW", format="RAW")

    assert mulaw_encode(SAMPLES) == theirs.getvalue()


def test_floats_saturate_when_they_are_encoded():
    assert mulaw_encode(np.array([1e6, -1e6])) == mulaw_encode(np.array([32767, -32768], np.int16))


@given(st.integers(-32768, 32767))
def test_a_sample_moves_by_half_an_interval_at_most(sample: int):
    magnitude = abs(sample)
    decoded = int(mulaw_decode(mulaw_encode(np.array([sample], np.int16)))[0])

    # The clipped end apart: intervals are a sixteenth of their segment.
    assert abs(decoded - sample) <= max(4, (min(magnitude, 32635) + 132) // 32) + max(0, magnitude - 32635)
