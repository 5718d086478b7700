from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._media import elide_media

WAV = base64.b64encode(b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(300)).decode()


def test_a_long_base64_run_is_replaced_by_its_length():
    assert elide_media("see " + "A" * 200 + "== here") == "see <media:202 b64 chars elided> here"


def test_a_shorter_run_stays():
    text = "A" * 199
    assert elide_media(text) == text


def test_audio_is_known_by_how_it_begins():
    assert elide_media(WAV) == f"<audio:{len(WAV)} b64 chars elided>"


def test_audio_is_known_by_the_part_it_stands_in():
    part = json.dumps({"type": "input_audio", "input_audio": {"format": "pcm16", "data": "A" * 400}})
    assert json.loads(elide_media(part))["input_audio"]["data"] == "<audio:400 b64 chars elided>"


def test_the_nearest_part_decides():
    parts = json.dumps([{"audio": "A" * 300}, {"image": "B" * 300}])
    assert json.loads(elide_media(parts)) == [
        {"audio": "<audio:300 b64 chars elided>"},
        {"image": "<media:300 b64 chars elided>"},
    ]


@pytest.mark.parametrize(("mime", "kind"), [("audio/wav", "audio"), ("image/png", "media"), ("a/b", "media")])
def test_a_data_url_is_replaced_whatever_its_length(mime: str, kind: str):
    assert elide_media(f'"data:{mime};base64,QUJD"') == f'"<{kind}:4 b64 chars elided>"'


def test_a_data_url_inside_json_inside_json_leaves_both_valid():
    inner = json.dumps([{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 500}}])
    outer = json.loads(elide_media(json.dumps({"content": inner})))
    assert json.loads(outer["content"])[0]["image_url"]["url"] == "<media:500 b64 chars elided>"


@pytest.mark.parametrize("text", ["the data: nothing", "data:,", "metadata:a/b,c", "data", ""])
def test_prose_stays(text: str):
    assert elide_media(text) == text


@given(
    st.text(), st.sampled_from(["", "audio", "data:audio/wav;base64,", "input_audio"]), st.integers(200, 900)
)
def test_no_long_run_is_left(around: str, before: str, length: int):
    assert "A" * 200 not in elide_media(f"{around} {before}{'A' * length} {around}")


_values = st.recursive(
    st.text() | st.just("A" * 250), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(_values)
def test_json_stays_json(value: object):
    json.loads(elide_media(json.dumps(value)))


def test_ten_megabytes_take_no_time_to_speak_of():
    text = "A" * 10_000_000
    assert elide_media(text) == "<media:10000000 b64 chars elided>"
    assert elide_media("A" * 199 + "," + "data:" * 200_000).startswith("A" * 199)
