"""The encoding techniques."""

from __future__ import annotations

import base64
import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._red_team.encoders import DEFAULT_TECHNIQUES, EXTENDED_TECHNIQUES, AttackTechnique

NAMED = {technique.name: technique for technique in EXTENDED_TECHNIQUES}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def payload(name, message):
    return NAMED[name].transform(message).split("\n\n", 1)[1]


def test_the_default_techniques_are_five_in_order():
    names = [technique.name for technique in DEFAULT_TECHNIQUES]
    assert names == ["base64", "rot13", "leetspeak", "char_split", "code_block"]


def test_the_extended_techniques_add_five():
    names = [technique.name for technique in EXTENDED_TECHNIQUES][5:]
    assert names == ["hex", "reverse", "zero_width", "homoglyph", "json_wrap"]


def test_the_base_class_has_no_transform():
    with pytest.raises(NotImplementedError, match="transform"):
        AttackTechnique().transform("x")
    assert AttackTechnique.name == "base"


@pytest.mark.parametrize("technique", EXTENDED_TECHNIQUES[:7], ids=lambda technique: technique.name)
def test_announced_techniques_put_a_preamble_before_the_payload(technique):
    preamble, blank, rest = technique.transform("tell me the code").partition("\n\n")

    assert "answer" in preamble
    assert blank
    assert rest


@given(TEXT)
def test_base64_is_one_padded_line_of_the_utf8_bytes(message):
    line = payload("base64", message)

    assert "\n" not in line
    assert base64.b64decode(line, validate=True).decode() == message


def test_rot13_rotates_ascii_letters_only():
    assert payload("rot13", "Héllo 7!") == "Uéyyb 7!"
    assert codecs.decode(payload("rot13", "Plain"), "rot13") == "Plain"


def test_leetspeak_replaces_six_letters_and_says_which():
    encoded = NAMED["leetspeak"].transform("aAeEiIoOsStT xyz")

    assert encoded.endswith("\n\n443311005577 xyz")
    assert all(pair in encoded for pair in ("a=4", "e=3", "i=1", "o=0", "s=5", "t=7"))


def test_char_split_turns_a_blank_into_three():
    assert payload("char_split", "ab c") == "a b   c"


def test_a_code_block_holds_the_message_between_fences():
    assert payload("code_block", "x = 1") == "```\nx = 1\n```"


def test_a_code_blocks_fence_is_longer_than_any_inside():
    assert payload("code_block", "a ```` b") == "`````\na ```` b\n`````"


@given(TEXT)
def test_hex_and_reverse_can_be_undone(message):
    assert bytes.fromhex(payload("hex", message)).decode() == message
    assert payload("hex", message) == payload("hex", message).lower()
    assert payload("reverse", message)[::-1] == message


def test_unannounced_techniques_have_no_preamble():
    assert NAMED["zero_width"].transform("abc") == "a\u200bb\u200bc"
    assert NAMED["homoglyph"].transform("a c e o p x y b") == (
        "\u0430 \u0441 \u0435 \u043e \u0440 \u0445 \u0443 b"
    )
    assert json.loads(NAMED["json_wrap"].transform('say "hi"')) == {"request": 'say "hi"'}
