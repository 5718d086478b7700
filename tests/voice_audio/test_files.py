"""Files of the usual kinds are written and read, from paths and bytes, and never from a network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from scenario.voice._audio.files import FileFormat, encode_file, from_source
from scenario.voice._audio.tones import tone_level
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.assertions import assert_audio_level, assert_tone
from tests.voice_audio.signals import sine_pcm

if TYPE_CHECKING:
    from pathlib import Path

FORMATS: list[FileFormat] = ["wav", "mp3", "ogg", "flac"]
every_format = pytest.mark.parametrize("format", FORMATS)


def encoded(pcm: bytes, format: FileFormat, *, rate: int = 24_000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    encode_file(pcm, format, file, rate=rate, channels=channels)
    return file.getvalue()


@every_format
def test_a_file_comes_back_in_time_and_at_its_level(format: FileFormat, tmp_path: Path):
    path = tmp_path / f"tone.{format}"
    encode_file(sine_pcm(seconds=2.5), format, path)

    chunk = from_source(path, "a tone")

    assert chunk.transcript == "a tone"
    assert chunk.duration_seconds == pytest.approx(2.5, abs=0.001)
    assert_tone(chunk, 440, tolerance=0.5, purity=0.99)
    assert_audio_level(chunk, -13.3, tolerance=0.2)


@every_format
def test_the_name_of_a_file_and_its_bytes_are_taken_too(format: FileFormat, tmp_path: Path):
    data = encoded(sine_pcm(), format)
    path = tmp_path / "without a suffix"
    path.write_bytes(data)

    assert from_source(str(path)).data == from_source(data).data == from_source(bytearray(data)).data


@every_format
def test_stereo_keeps_its_channels_apart(format: FileFormat):
    left, right = (np.frombuffer(sine_pcm(frequency, seconds=2), "<i2") for frequency in (440, 1000))
    data = encoded(np.stack([left, right], 1).tobytes(), format, channels=2)

    samples, _ = soundfile.read(io.BytesIO(data), dtype="int16")

    for channel, own, other in ((0, 440, 1000), (1, 1000, 440)):
        assert tone_level(samples[:, channel], own) == pytest.approx(-13.3, abs=0.3)
        assert tone_level(samples[:, channel], other) < -60


@every_format
def test_another_rate_is_converted(format: FileFormat):
    chunk = from_source(encoded(sine_pcm(rate=16_000), format, rate=16_000))

    assert chunk.duration_seconds == pytest.approx(1.0, abs=0.001)
    assert_tone(chunk, 440, tolerance=0.5, purity=0.99)


@every_format
def test_pieces_make_the_same_file_as_the_whole(format: FileFormat):
    pcm, file = sine_pcm(), io.BytesIO()
    encode_file((pcm[at : at + 9600] for at in range(0, len(pcm), 9600)), format, file)

    assert from_source(file.getvalue()).duration_seconds == pytest.approx(1.0, abs=0.001)
    assert_tone(from_source(file.getvalue()), 440, tolerance=0.5, purity=0.99)


def test_minutes_of_vorbis_are_written():
    chunk = from_source(encoded(sine_pcm() * 150, "ogg"))

    assert chunk.duration_seconds == pytest.approx(150, abs=0.001)


@every_format
def test_long_files_are_read_without_a_seam(format: FileFormat):
    chunk = from_source(encoded(sine_pcm(seconds=20), format))

    error = np.frombuffer(chunk.data, "<i2").astype(int) - np.frombuffer(sine_pcm(seconds=20), "<i2")
    assert np.abs(error[2400:-2400]).max() < 1000


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(ValueError, match=r"wav, mp3, ogg, flac, not as 'aac'"):
        encode_file(b"", "aac", tmp_path / "x.aac")  # type: ignore[arg-type]  # the point of the test

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:9/a.wav", "HTTP://x/a.mp3", "file:///etc/a.wav", "s3://b/k"]
)
def test_a_url_is_refused(url: str):
    with pytest.raises(ValueError, match="URL"):
        from_source(url)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"missing\.wav"):
        from_source(tmp_path / "missing.wav")


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is no audio", b"OggS" + bytes(40), write_wav(b"ab")[:-1]]
)
def test_what_cannot_be_decoded_is_a_value_error(data: bytes, tmp_path: Path):
    path = tmp_path / "broken.bin"
    path.write_bytes(data)

    with pytest.raises(ValueError, match=r"audio|WAV"):
        from_source(data)
    with pytest.raises(ValueError, match=r"broken\.bin"):
        from_source(path)
