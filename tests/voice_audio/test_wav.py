"""Any WAV of PCM or floats is read; what is broken is refused, and never believed."""

from __future__ import annotations

import io
import struct
import tracemalloc
import wave

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._audio.wav import read_wav, write_wav
from scenario.voice.testing.assertions import assert_audio_level, assert_tone
from tests.voice_audio.signals import sine, sine_pcm

SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"]


def wav_of(
    samples: np.ndarray, rate: int, *, subtype: str = "PCM_16", format: str = "WAV", channels: int = 1
) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.repeat(samples[:, None] / 32768, channels, 1), rate, subtype, format=format)
    return file.getvalue()


def header(
    *,
    encoding: int = 1,
    channels: int = 1,
    rate: int = 24_000,
    bits: int = 16,
    size: int = 4,
    data: bytes = b"abcd",
) -> bytes:
    frame = channels * bits // 8
    format = struct.pack("<HHIIHH", encoding, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + format + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("format", ["WAV", "WAVEX"])
@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_every_width_and_channel_count_is_read(format: str, subtype: str, channels: int):
    file = wav_of(sine(440, 16_000), 16_000, subtype=subtype, format=format, channels=channels)

    pcm = read_wav(file)

    assert len(pcm) == 48_000
    assert_tone(pcm, 440, tolerance=0.5, purity=0.99)
    assert_audio_level(pcm, -13.3, tolerance=0.1)


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 12_345])
def test_every_rate_is_read(rate: int):
    pcm = read_wav(wav_of(sine(440, rate), rate))

    assert len(pcm) == 48_000
    assert_tone(pcm, 440, tolerance=0.5, purity=0.99)


def test_canonical_audio_comes_back_bit_by_bit():
    assert read_wav(write_wav(sine_pcm())) == sine_pcm()


def test_the_standard_library_reads_what_is_written():
    with wave.open(io.BytesIO(write_wav(sine_pcm(), rate=8000, channels=2))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        assert file.readframes(file.getnframes()) == sine_pcm()


def test_channels_that_cancel_give_silence():
    file = io.BytesIO()
    tone = sine(440, 24_000) / 32768
    soundfile.write(file, np.stack([tone, -tone], 1), 24_000, "FLOAT", format="WAV")

    assert not any(read_wav(file.getvalue()))


def test_floats_beyond_full_scale_saturate():
    loud = struct.pack("<4f", 2.0, -2.0, float("inf"), float("nan"))
    pcm = read_wav(header(encoding=3, bits=32, size=16, data=loud))

    assert struct.unpack("<4h", pcm) == (32767, -32768, 32767, 0)


def test_other_chunks_are_passed_over():
    plain = header()
    with_list = plain[:12] + b"LIST" + struct.pack("<I", 3) + b"odd\0" + plain[12:]

    assert read_wav(with_list) == b"abcd"


def test_a_stream_that_did_not_know_its_size_is_read_to_its_end():
    assert read_wav(header(size=0xFFFFFFFF)) == b"abcd"


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        (b"", "not a WAV"),
        (b"RIFF", "not a WAV"),
        (b"RIFF\0\0\0\0AVI ", "not a WAV"),
        (header()[:30], "cut short"),
        (header()[:38], "cut short"),
        (header()[:-1], "3 of 4 bytes"),
        (header(size=0x7FFFEFFF), "4 of 2147479551 bytes"),
        (header(rate=0), "sample rate"),
        (header(rate=1), "sample rate"),
        (header(rate=0xFFFFFFFF), "sample rate"),
        (header(channels=0), "no channels"),
        (header(bits=0), "0 bits"),
        (header(bits=65535), "65535 bits"),
        (header(encoding=17), "encoding 17"),
        (b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd", "no format"),
    ],
)
def test_broken_files_are_refused(file: bytes, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        read_wav(file)


@pytest.mark.parametrize(
    "file",
    [
        header(size=0xFFFFFFFF, channels=65_535, bits=32),
        header(size=0xFFFFFFFE, rate=768_000),
        header(size=0xFFFFFFFF, rate=1000, bits=8),
    ],
)
def test_a_hostile_header_allocates_nothing(file: bytes):
    read_wav(file)
    tracemalloc.start()
    read_wav(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000


@given(st.data())
def test_any_damage_is_a_value_error_or_audio(data: st.DataObject):
    file = bytearray(wav_of(sine(440, 8000, 0.01), 8000, subtype=data.draw(st.sampled_from(SUBTYPES))))
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=6)):
        file[at] = data.draw(st.integers(0, 255))
    file = file[: data.draw(st.integers(0, len(file)))]

    try:
        pcm = read_wav(bytes(file))
    except ValueError:
        return
    assert len(pcm) % 2 == 0


@given(
    st.binary(max_size=400), st.sampled_from([(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (7, 8)])
)
def test_any_bytes_are_samples_of_every_encoding(data: bytes, kind: tuple[int, int]):
    encoding, bits = kind
    file = header(encoding=encoding, bits=bits, size=len(data), data=data)

    assert len(read_wav(file)) == len(data) // (bits // 8) * 2


@given(st.binary(max_size=300).filter(lambda data: len(data) % 2 == 0))
def test_writing_and_reading_are_inverse(pcm: bytes):
    assert read_wav(write_wav(pcm)) == pcm
