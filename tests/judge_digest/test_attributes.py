"""Which attributes are shown, and how."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from scenario._judge.digest import judge_span_digest_formatter

from .recorded_spans import hand_made, one_span

AUDIO = "UklGRiQA" * 200


def lines(spans) -> list[str]:
    """The attribute lines of the only span."""
    return [line[4:] for line in judge_span_digest_formatter.format(spans).splitlines()[3:]]


def line(value: object) -> str:
    return lines([hand_made(attributes={"key": value})])[0]


def test_thread_and_scenario_are_left_out():
    spans = one_span(
        langwatch__thread__id="t", langwatch__scenario__id="s", langwatch__scenario__name="n", other="o"
    )

    assert lines(spans) == ["other: o"]


def test_the_prefix_of_the_framework_is_removed():
    assert lines(one_span(langwatch__input="hello")) == ["input: hello"]


def test_a_key_keeps_its_prefix_where_the_short_one_exists():
    assert lines(one_span(langwatch__input="long", input="short")) == [
        "langwatch.input: long",
        "input: short",
    ]


def test_a_key_that_is_only_the_prefix_stays():
    assert lines([hand_made(attributes={"langwatch.": 1})]) == ["langwatch.: 1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("12", "12"),
        ('"quoted"', '"quoted"'),
        (12, "12"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        (float("nan"), "NaN"),
        (("a", "b"), '["a", "b"]'),
        ({"a": (1, 2)}, '{"a": [1, 2]}'),
        (b"\x00\x01", '"[FILE: unknown, ~2 bytes]"'),
        ("é 日本 🎉", "é 日本 🎉"),
        ('{"name":"José"}', '{"name": "José"}'),
        (' [1,"é"] ', '[1, "é"]'),
        ("{not json}", "{not json}"),
        ("[1, 2", "[1, 2"),
        ("two\nlines\tand\rmore", r"two\nlines\tand\rmore"),
        ("\x1b[2Jnul\x00", r"\u001b[2Jnul\u0000"),
        ("\u2028\x85\udc80", r"\u2028\u0085\udc80"),
        ('{"a":"x\u2028\x7f"}', r'{"a": "x\u2028\u007f"}'),
    ],
)
def test_values(value, text):
    assert line(value) == f"key: {text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (f"data:audio/wav;base64,{AUDIO}", "[AUDIO: audio/wav, ~1600 bytes]"),
        (f"see data:image/png;base64,{AUDIO} here", "see [IMAGE: image/png, ~1600 bytes] here"),
        ((f"data:image/png;base64,{AUDIO}",), '["[IMAGE: image/png, ~1600 bytes]"]'),
        (
            json.dumps([{"type": "input_audio", "input_audio": {"data": AUDIO}}]),
            '[{"type": "input_audio", "input_audio": {"data": "[AUDIO: wav, ~1600 bytes]"}}]',
        ),
        (
            json.dumps({"type": "file", "mediaType": "text/csv", "data": AUDIO}),
            '{"type": "file", "mediaType": "text/csv", "data": "[TEXT: text/csv, ~1600 bytes]"}',
        ),
    ],
)
def test_media_are_shortened(value, text):
    assert line(value) == f"key: {text}"


def test_json_within_json_is_processed_too():
    value = json.dumps({"arguments": json.dumps({"picture": f"data:image/png;base64,{AUDIO}"})})

    assert line(value) == r'key: {"arguments": "{\"picture\": \"[IMAGE: image/png, ~1600 bytes]\"}"}'


def test_a_model_is_shown_as_json():
    class Order(BaseModel):
        item: str
        password: str

    assert line(Order(item="tea", password="x")) == 'key: {"item": "tea", "password": "[REDACTED]"}'


def test_json_too_deep_to_be_read_is_text():
    value = "[" * 100_000 + "]" * 100_000

    assert line(value) == f"key: {value}"


def test_a_value_that_contains_itself_is_unreadable():
    value: list[object] = []
    value.append(value)

    assert line(value) == "key: [unreadable list: RecursionError]"


def test_a_value_that_raises_is_unreadable():
    class Broken:
        def __str__(self) -> str:
            raise OSError("gone")

    assert line(Broken()) == "key: [unreadable Broken: OSError]"
    assert line(10**5000) == "key: [unreadable int: ValueError]"


def test_attributes_that_cannot_be_read_say_so():
    assert lines([hand_made(attributes=[("a", 1)])]) == ["attributes: [unreadable list: AttributeError]"]
