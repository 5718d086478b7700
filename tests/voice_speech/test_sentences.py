"""Long text is cut where a speaker would pause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._speech.sentences import split_text, utf8_size


def test_text_within_the_limit_stays_whole():
    assert split_text("One. Two. Three.", 16) == ["One. Two. Three."]


def test_text_is_cut_after_the_last_sentence_that_fits():
    assert split_text('He said "No!" Then he left. Bye.', 28) == ['He said "No!" Then he left.', "Bye."]
    assert split_text("It costs 3.50 a day. Fine.", 20) == ["It costs 3.50 a day.", "Fine."]


def test_a_long_sentence_is_cut_between_words_and_a_long_word_anywhere():
    assert split_text("one two three four", 9) == ["one two", "three", "four"]
    assert split_text("abcdefgh", 3) == ["abc", "def", "gh"]


@given(st.text(st.sampled_from("ab .!?é日😀\n"), max_size=60), st.integers(4, 20))
def test_no_piece_is_too_large_and_nothing_but_white_space_is_lost(text, limit):
    for size in (len, utf8_size):
        pieces = split_text(text, limit, size)
        assert all(0 < size(piece) <= limit for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())
