"""Audio travels in chat messages, in whatever form its author chose."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice import AudioChunk, create_audio_message, extract_audio, message_has_audio
from scenario.voice._audio.files import encode_file
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.assertions import assert_tone
from tests.voice_audio.signals import sine, sine_pcm


def part(
    data: bytes | str, format: str | None = None, kind: str = "input_audio", key: str = ""
) -> dict[str, Any]:
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    payload = {"data": text} if format is None else {"data": text, "format": format}
    return {"type": kind, key or kind: payload}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def message(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}


def compressed(format: Any) -> bytes:
    file = io.BytesIO()
    encode_file(sine_pcm(), format, file)
    return file.getvalue()


def wav(rate: int, subtype: str, channels: int) -> bytes:
    file = io.BytesIO()
    samples = np.repeat(sine(440, rate)[:, None] / 32768, channels, 1)
    soundfile.write(file, samples, rate, subtype, format="WAV")
    return file.getvalue()


def test_a_created_message_holds_the_transcript_and_a_wav():
    created = create_audio_message(AudioChunk(b"\1\2", "hello"), role="tool")

    assert created["role"] == "tool"
    assert created["content"][0] == {"type": "text", "text": "hello"}
    assert created["content"][1]["type"] == "input_audio"
    assert created["content"][1]["input_audio"]["format"] == "wav"
    assert base64.b64decode(created["content"][1]["input_audio"]["data"]) == write_wav(b"\1\2")


@pytest.mark.parametrize("transcript", [None, ""])
def test_without_words_there_is_no_text_part(transcript: str | None):
    assert [part["type"] for part in create_audio_message(AudioChunk(b"", transcript))["content"]] == [
        "input_audio"
    ]


@given(st.binary(max_size=99).map(lambda data: data * 2), st.one_of(st.none(), st.text(min_size=1)))
def test_what_was_created_is_extracted(data: bytes, transcript: str | None):
    assert extract_audio(create_audio_message(AudioChunk(data, transcript))) == AudioChunk(data, transcript)


@pytest.mark.parametrize(
    "form",
    [
        part(sine_pcm()),
        part(sine_pcm(), "pcm16"),
        part(write_wav(sine_pcm()), "wav"),
        part(write_wav(sine_pcm()), "mp3"),
        part(wav(16_000, "PCM_16", 1), "wav"),
        part(wav(44_100, "PCM_24", 2), "wav"),
        part(wav(8_000, "PCM_U8", 1)),
        part(wav(48_000, "FLOAT", 2), "wav"),
        part(compressed("mp3"), "mp3"),
        part(compressed("ogg"), "ogg"),
        part(compressed("flac"), "flac"),
        part(sine_pcm(), kind="audio"),
        part(sine_pcm(), kind="audio", key="input_audio"),
        part(sine_pcm(), kind="input_audio", key="audio"),
    ],
)  # fmt: skip
def test_a_second_of_440_hz_is_that_in_every_form(form: dict[str, Any]):
    chunk = extract_audio(message(form))

    assert chunk is not None
    assert chunk.duration_seconds == pytest.approx(1.0, abs=0.001)
    assert_tone(chunk, 440, tolerance=1, purity=0.99)


def test_all_text_is_the_transcript():
    chunk = extract_audio(message(text("before"), part(b"\0\0"), text("after"), text("")))

    assert chunk == AudioChunk(b"\0\0", "before after")


def test_the_first_part_with_data_counts():
    parts = ({"type": "input_audio"}, part(""), part(b"\1\1"), part(b"\2\2"))

    assert extract_audio(message(*parts)) == AudioChunk(b"\1\1")


@pytest.mark.parametrize(
    "silent",
    [
        {},
        {"role": "user", "content": None},
        {"role": "user", "content": "text"},
        message(),
        message(text("only text")),
        message(part("")),
        message({"type": "input_audio", "input_audio": None}),
        message("words", None, {"type": "image_url", "image_url": {"url": "data:"}}),
    ],
)
def test_messages_without_audio_have_none(silent: dict[str, Any]):
    assert extract_audio(silent) is None
    assert not message_has_audio(silent)


def test_whether_there_is_audio_is_told_without_decoding():
    assert message_has_audio(message(text("x"), part("this is not base64!", "nonsense")))


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        (part("not base64!", "wav"), "base64"),
        (part("AAA", "wav"), "base64"),
        (part("AA!AA", "pcm16"), "base64"),
        (part("äöü"), "base64"),
        (part(write_wav(sine_pcm())[:1000], "wav"), "cut short"),
        (part(b"not a wav", "wav"), "not a WAV"),
        (part(b"not an mp3", "mp3"), "mp3"),
        (part(b"\0\0", "aac"), "'aac'"),
        (part(b"\0\0\0", "pcm16"), "odd number of bytes: 3"),
        ({"type": "input_audio", "input_audio": {"data": 7}}, "int"),
    ],
)
def test_bad_audio_names_its_message_and_part(form: dict[str, Any], complaint: str):
    with pytest.raises(ValueError, match=rf"message 4, part 1: .*{complaint}"):
        extract_audio(message(text("listen"), form), index=4)
    with pytest.raises(ValueError, match=rf"^part 1: .*{complaint}"):
        extract_audio(message(text("listen"), form))
