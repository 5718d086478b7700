"""Media in messages, shortened to markers."""

from __future__ import annotations

import json

import pytest

from scenario._judge.media import truncate_media

PICTURE = "iVBORw0KGgo" * 200  # base64 of 2200 characters


@pytest.mark.parametrize(
    ("url", "marker"),
    [
        ("data:image/png;base64,AAAA", "[IMAGE: image/png, ~4 bytes]"),
        ("data:image/svg+xml;base64,AAAA==", "[IMAGE: image/svg+xml, ~6 bytes]"),
        ("DATA:Image/PNG;BASE64,AAAA", "[IMAGE: Image/PNG, ~4 bytes]"),
        ("data:audio/wav;base64,AAAA", "[AUDIO: audio/wav, ~4 bytes]"),
        ("data:audio/ogg;codecs=opus;rate=48000;base64,AAAA", "[AUDIO: audio/ogg, ~4 bytes]"),
        ("data:video/mp4;base64,AAAA", "[VIDEO: video/mp4, ~4 bytes]"),
        ("data:application/pdf;base64,AAAA", "[FILE: application/pdf, ~4 bytes]"),
        ("data:application/pdf;name=a.pdf;base64,AAAA", "[FILE: application/pdf, ~4 bytes]"),
        ("data:text/plain;charset=utf-8;base64,AAAA", "[FILE: text/plain, ~4 bytes]"),
        ("data:;base64,AAAA", "[FILE: unknown, ~4 bytes]"),
        ("data:image/png;base64,", "[IMAGE: image/png, ~0 bytes]"),
    ],
)
def test_a_data_url_becomes_a_marker(url, marker):
    assert truncate_media(url) == marker


def test_a_data_url_within_text_leaves_the_text():
    text = "See ![chart](data:image/png;base64,AAAA) and data:application/pdf;base64,AA== too"

    assert truncate_media(text) == (
        "See ![chart]([IMAGE: image/png, ~4 bytes]) and [FILE: application/pdf, ~4 bytes] too"
    )


def test_words_after_a_data_url_are_not_swallowed():
    assert truncate_media("data:image/png;base64,AAAA the secret is 42").endswith("] the secret is 42")


@pytest.mark.parametrize(
    "text", ["data:text/plain,hello", "the data: image/png", "data:image/png;base64", "hello"]
)
def test_other_text_stays(text):
    assert truncate_media(text) == text


@pytest.mark.parametrize(
    ("media_type", "marker"),
    [
        ("image/png", "[IMAGE: image/png, ~4 bytes]"),
        ("application/pdf", "[APPLICATION: application/pdf, ~4 bytes]"),
        ("pdf", "[FILE: pdf, ~4 bytes]"),
    ],
)
def test_the_data_of_a_file_part_becomes_a_marker(media_type, marker):
    part = {"type": "file", "mediaType": media_type, "data": "AAAA", "filename": "a"}

    assert truncate_media(part) == part | {"data": marker}


@pytest.mark.parametrize("kind", ["input_audio", "audio"])
def test_the_data_of_an_audio_part_becomes_a_marker(kind):
    part = {"type": kind, kind: {"data": "AAAA", "format": "mp3", "id": 1}}

    assert truncate_media(part) == {
        "type": kind,
        kind: {"data": "[AUDIO: mp3, ~4 bytes]", "format": "mp3", "id": 1},
    }


def test_audio_without_a_format_counts_as_wav():
    part = {"type": "audio", "audio": {"data": "AAAA"}}

    assert truncate_media(part)["audio"]["data"] == "[AUDIO: wav, ~4 bytes]"


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("data:image/webp;base64,AAAA", "[IMAGE: image/webp, ~4 bytes]"),
        (PICTURE, f"[IMAGE: unknown, ~{len(PICTURE)} bytes]"),
        ("A" * 1000, "A" * 1000),
        ("https://example.com/a.png", "https://example.com/a.png"),
    ],
)
def test_an_image_part(image, shown):
    assert truncate_media({"type": "image", "image": image}) == {"type": "image", "image": shown}


def test_a_long_run_of_base64_anywhere_becomes_a_file():
    value = {"attachment": f"before {PICTURE}== after"}

    assert truncate_media(value) == {"attachment": f"before [FILE: unknown, ~{len(PICTURE) + 2} bytes] after"}


def test_a_run_of_1000_characters_stays():
    assert truncate_media(PICTURE[:1000]) == PICTURE[:1000]
    assert truncate_media(PICTURE[:1001]) == "[FILE: unknown, ~1001 bytes]"


@pytest.mark.parametrize("text", ["x" * 5000, "-" * 5000, "word " * 2000])
def test_long_text_that_is_no_encoded_data_stays(text):
    assert truncate_media(text) == text


def test_media_is_found_at_any_depth():
    part = {"type": "input_audio", "input_audio": {"data": "AAAA"}}
    file = {"type": "file", "mediaType": "image/png", "data": "AAAA"}
    shown = json.dumps(
        truncate_media({"a": [({"b": [part]},), {"c": {"d": (file, "data:image/png;base64,AA")}}]})
    )

    assert shown.count("[AUDIO: wav, ~4 bytes]") == 1
    assert shown.count("[IMAGE: image/png, ~4 bytes]") == 1
    assert shown.count("[IMAGE: image/png, ~2 bytes]") == 1
    assert "AAAA" not in shown


def test_raw_bytes_become_a_marker():
    assert truncate_media([b"\x00" * 7]) == ["[FILE: unknown, ~7 bytes]"]


@pytest.mark.parametrize("value", [None, True, 1, 2.5, "a", [1], {"a": None}])
def test_plain_values_stay(value):
    assert truncate_media(value) == value


@pytest.mark.parametrize(
    "text", ["data:;" * 40_000, "data:" * 40_000, ("A" * 900 + " ") * 500, "data:a/" + ";" * 200_000]
)
def test_hostile_text_takes_no_time_to_speak_of(text):
    truncate_media(text)  # hangs for minutes if a pattern backtracks
