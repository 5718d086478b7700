"""A piece of canonical audio knows its length and its form."""

from __future__ import annotations

import pytest

from scenario.voice import AudioChunk, silent_chunk


def test_a_chunk_has_the_canonical_form_and_the_length_of_its_samples():
    chunk = AudioChunk(bytes(24_000 * 2 + 1200))
    assert (chunk.sample_rate, chunk.channels) == (24_000, 1)
    assert chunk.duration_seconds == 1.025
    assert AudioChunk(b"").duration_seconds == 0.0
    assert (chunk.transcript, chunk.start_time, chunk.end_time, chunk.speaker) == (None, None, None, None)


def test_half_a_sample_is_refused_with_the_length():
    with pytest.raises(ValueError, match="odd number of bytes: 7"):
        AudioChunk(b"1234567")


@pytest.mark.parametrize(("seconds", "samples"), [(0, 0), (0.1, 2400), (0.00005, 1), (1.5, 36_000)])
def test_silence_has_whole_samples_of_zero(seconds: float, samples: int):
    assert silent_chunk(seconds).data == bytes(2 * samples)
