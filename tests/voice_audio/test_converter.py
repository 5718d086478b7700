"""Encoders and decoders keep what a frame leaves unfinished."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._audio.converter import Decoder, Encoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice.testing.assertions import assert_audio_level, assert_tone
from tests.voice_audio.signals import noise, sine_pcm

FORMATS = [
    "pcm16/24000", "pcm16/16000", "pcm16/8000", "pcm16/44100", "pcm16/48000", "mulaw/8000", "mulaw/24000",
]  # fmt: skip


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def run(converter: Encoder | Decoder, pieces: list[bytes]) -> bytes:
    return b"".join([*map(converter.push, pieces), converter.flush()])


@pytest.mark.parametrize("name", FORMATS)
def test_a_tone_comes_back_in_time_and_at_its_level(name: str):
    pcm = sine_pcm(440)

    wire = run(Encoder(name), [pcm])
    back = run(Decoder(name), [wire])

    format = AudioFormat.parse(name)
    assert len(wire) == format.rate * format.bytes_per_sample
    assert len(back) == len(pcm)
    assert_tone(back, 440, purity=0.99, tolerance=0.5)
    assert_audio_level(back, -13.3, tolerance=0.1)
    error = np.frombuffer(back, "<i2").astype(int) - np.frombuffer(pcm, "<i2")
    assert np.abs(error[500:-500]).max() < 500


@pytest.mark.parametrize("name", FORMATS)
@given(sizes=st.lists(st.integers(0, 700), max_size=10))
def test_encoded_frames_do_not_depend_on_how_the_audio_was_cut(name: str, sizes: list[int]):
    pcm = noise(3000).astype("<i2").tobytes()

    assert len(run(Encoder(name), cut(pcm, sizes))) == len(run(Encoder(name), [pcm]))


@pytest.mark.parametrize("name", FORMATS)
@given(sizes=st.lists(st.integers(0, 700), max_size=10))
def test_wire_bytes_may_be_cut_anywhere(name: str, sizes: list[int]):
    wire = noise(1500).astype("<i2").tobytes()

    whole = np.frombuffer(run(Decoder(name), [wire]), "<i2").astype(int)
    pieces = np.frombuffer(run(Decoder(name), cut(wire, sizes)), "<i2").astype(int)

    assert np.abs(pieces - whole).max() <= 2


def test_half_a_sample_waits_for_its_other_half():
    decoder = Decoder("pcm16/24000")

    assert decoder.push(b"\x01") == b""
    assert decoder.push(b"\x02\x03") == b"\x01\x02"
    assert decoder.push(b"\x04") == b"\x03\x04"


def test_half_a_sample_does_not_survive_the_end_of_its_stream():
    decoder = Decoder("pcm16/24000")
    decoder.push(b"\x01")

    assert decoder.flush() == b""
    assert decoder.push(b"\x02\x03") == b"\x02\x03"


def test_telephone_audio_in_frames_of_100_ms_has_no_clicks():
    wire = run(Encoder("mulaw/8000"), [sine_pcm(300, seconds=2)])
    decoder = Decoder("mulaw/8000")
    frames = [decoder.push(wire[at : at + 800]) for at in range(0, len(wire), 800)]

    steps = np.abs(np.diff(np.frombuffer(b"".join(frames), "<i2").astype(int)))

    # A sine of 300 Hz and amplitude 10,000 moves by 785 between samples at most; the rest is µ-law's.
    assert steps.max() < 785 * 1.5


@pytest.mark.parametrize(
    "name", ["opus", "mulaw", "pcm24/8000", "pcm16/0", "pcm16/-8000", "pcm16/8000 ", "/"]
)
def test_unknown_formats_are_refused(name: str):
    with pytest.raises(ValueError, match=r"audio format|encoding|sample rate"):
        AudioFormat.parse(name)


def test_a_format_is_written_as_it_is_read():
    assert str(AudioFormat.parse("mulaw/8000")) == "mulaw/8000"
    assert AudioFormat.parse("mulaw/8000") == AudioFormat("mulaw", 8000)
