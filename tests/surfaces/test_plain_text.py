import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from scenario._reporter.plain_text import can_show, one_line, wrapped

ANY_TEXT = st.text(st.characters(codec=None))


@given(ANY_TEXT)
def test_one_line_holds_no_control_character_and_can_be_encoded(text):
    line = one_line(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in line)
    line.encode("utf-8")


@given(ANY_TEXT, st.integers(min_value=3, max_value=50))
def test_a_limit_bounds_what_is_kept_of_the_text(text, limit):
    kept = " ".join(text.split())
    assert one_line(text, limit) == one_line(
        kept if len(kept) <= limit else f"{kept[: limit - 3].rstrip()}..."
    )


def test_emoji_and_other_scripts_stay_as_they_are():
    assert one_line("naïve 日本語 👩‍🚀 مرحبا") == "naïve 日本語 👩‍🚀 مرحبا"


@given(st.text(st.sampled_from("ab 日本"), max_size=200), st.integers(min_value=10, max_value=40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text, width):
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_an_unknown_encoding_shows_nothing_special():
    assert can_show("✓", "utf-8")
    assert not can_show("✓", "ascii")
    assert not can_show("✓", "no such encoding")
