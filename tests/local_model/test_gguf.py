"""Reading the context length from the header of a GGUF file."""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._model.local.files import model_file
from scenario._model.local.gguf import context_length


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def header(*entries: bytes) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


NAME = entry("general.name", 8, text("a model"))
FLAG = entry("general.flag", 7, b"\x01")
NUMBERS = entry("general.numbers", 9, struct.pack("<IQ", 4, 3) + struct.pack("<III", 1, 2, 3))
WORDS = entry("general.words", 9, struct.pack("<IQ", 8, 2) + text("a") + text("bc"))
NESTED = entry("general.nested", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 0, 2) + b"ab")
LENGTH = entry("qwen2.context_length", 4, struct.pack("<I", 32768))


def test_the_small_model_has_its_length():
    assert context_length(model_file("smollm2")) == 8192


def test_entries_of_every_kind_are_passed_over(tmp_path: Path):
    path = tmp_path / "model.gguf"
    path.write_bytes(header(NAME, FLAG, NUMBERS, WORDS, NESTED, LENGTH))
    assert context_length(path) == 32768


def test_a_file_that_does_not_say_gives_none(tmp_path: Path):
    path = tmp_path / "model.gguf"
    path.write_bytes(header(NAME, FLAG))
    assert context_length(path) is None


def test_another_file_is_refused(tmp_path: Path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="is not a GGUF file"):
        context_length(path)


@given(st.integers(0, 200), st.binary(max_size=40))
def test_a_damaged_header_gives_a_value_or_a_value_error(cut: int, tail: bytes):
    whole = header(NAME, FLAG, NUMBERS, WORDS, NESTED, LENGTH)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        path.write_bytes(whole[:cut] + tail)
        try:
            assert context_length(path) is None or context_length(path) >= 0
        except ValueError:
            assert cut < len(whole)
